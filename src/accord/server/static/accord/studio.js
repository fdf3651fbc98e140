// The studio's pages without it work too: it tells how far a take is, plays the phrase's keys, mutes stems, switches A and B.
"use strict";

const later = (ms) => new Promise((done) => setTimeout(done, ms));
let context = null;
const sound = () => (context = context || new AudioContext());

// 1. How far a take is: the server says each step in a line of its own. When it is made it is heard at once
async function steps(answer, say) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) throw new Error("The connection ended before it was done");
    rest += value;
    const lines = rest.split("\n");
    rest = lines.pop();
    for (const line of lines) {
      const [kind, said] = [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)];
      if (kind === "say") say(said);
      else if (kind === "go") return new URL(said, location.href);
      else throw new Error(said);
    }
  }
}

function link(address, words) {
  const made = document.createElement("a");
  made.href = address;
  made.textContent = words;
  return made;
}

async function refusal(answer) {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return [...page.querySelectorAll("main h1, main .lead, main .notice")].map((part) => part.textContent.trim()).join(". ");
}

async function shown(address) {
  const page = new DOMParser().parseFromString(await (await fetch(address)).text(), "text/html");
  const [before, after] = [document, page].map((one) => one.getElementById("takes"));
  if (!after) throw new Error("It is made, but this page can no longer be shown: sign in again");
  before.replaceWith(after);
  ready(after);
  for (const list of document.querySelectorAll("select[name^=asset_]")) {
    const chosen = list.value, kept = [...list.querySelectorAll("optgroup")];
    for (const now of page.querySelectorAll(`#${list.id} optgroup`)) {
      kept.find((one) => one.label === now.label)?.remove();
      list.append(now);
    }
    list.value = chosen;
  }
  history.replaceState(null, "", address);
  const take = document.getElementById(address.hash.slice(1)), player = take && take.querySelector("audio");
  if (take) take.scrollIntoView({ block: "nearest" });
  if (!player) return "It is not to be heard yet: see below.";
  player.focus({ preventScroll: true });
  return player.play().then(() => "You hear it below.", () => "Press play below to hear it.");
}

async function fitting(answer) {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html"), place = document.getElementById("match");
  const found = page.getElementById("match");
  if (!found || !found.childElementCount) throw new Error("This page can no longer be shown: sign in again");
  place.replaceChildren(...found.childNodes);
  place.scrollIntoView({ block: "nearest" });
  const player = place.querySelector("audio");
  player.focus({ preventScroll: true });
  return player.play().then(() => "You hear the match above.", () => "Press play above to hear the match.");
}

const telling = (form) => form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const status = form.querySelector("[role=status]"), button = event.submitter, body = new FormData(form, button);
  const match = button && "match" in button.dataset;
  if (button) button.disabled = true;
  let words = match ? "listening, matching, mixing" : "beginning", done = false;
  const began = performance.now(), since = () => ((performance.now() - began) / 1000).toFixed(1);
  (async () => { await later(500); while (!done) { status.textContent = `${words} … ${since()} s`; await later(200); } })();
  status.className = "soft small";
  try {
    const answer = await fetch(match ? button.formAction : form.action, { method: "POST", body, headers: match ? {} : { Accept: "text/event-stream" } });
    if (match && answer.ok) {
      const said = await fitting(answer);
      done = true;
      status.textContent = said;
      button.disabled = false;
      return;
    }
    if (!answer.headers.get("Content-Type").startsWith("text/event-stream")) throw new Error(await refusal(answer));
    const address = await steps(answer, (said) => { words = said; });
    done = true;
    const took = since();
    status.textContent = `Made in ${took} s. ${await shown(address)}`;
  } catch (problem) {
    status.textContent = problem.message;
    status.className = "notice no";
    if (problem.message.includes("prf_")) status.append(" ", link("/cases#prompts", "Ask a reader"));
  }
  done = true;
  if (button) button.disabled = false;
  if (button && document.activeElement === document.body) button.focus({ preventScroll: true });
});

// 2. A phrase on the computer's keys or on the ones shown: what is played is written into the field as notes
const playing = (keys) => {
  const field = document.getElementById(keys.dataset.keys), held = new Map();
  const names = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"];
  const letters = "awsedftgyhujkolp";
  let lastEnd = null;
  const quarter = () => 60000 / (parseFloat(keys.closest("form").elements.tempo.value) || 100);
  const lasting = (ms) => Math.max(0.25, Math.round((ms / quarter()) * 4) / 4);
  const write = (name, quarters) => { field.value = `${field.value} ${name}${quarters === 1 ? "" : ":" + quarters}`.trim(); };
  const press = (key) => {
    if (held.has(key)) return;
    const now = performance.now(), voice = sound().createOscillator(), level = sound().createGain();
    if (lastEnd !== null && now - lastEnd > quarter() / 4) write("-", Math.min(4, lasting(now - lastEnd)));
    voice.type = "triangle";
    voice.frequency.value = 440 * 2 ** ((60 + key - 69) / 12);
    level.gain.value = 0.2;
    voice.connect(level).connect(sound().destination);
    voice.start();
    held.set(key, { now, voice });
    keys.querySelector(`[data-key="${key}"]`)?.setAttribute("aria-pressed", "true");
  };
  const release = (key) => {
    const one = held.get(key);
    if (!one) return;
    held.delete(key);
    one.voice.stop();
    lastEnd = performance.now();
    write(`${names[key % 12]}${4 + Math.floor(key / 12)}`, Math.min(8, lasting(lastEnd - one.now)));
    keys.querySelector(`[data-key="${key}"]`)?.setAttribute("aria-pressed", "false");
  };
  keys.hidden = false;
  keys.addEventListener("keydown", (event) => {
    if (event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    const own = event.target.closest("[data-key]"), typed = letters.indexOf(event.key.toLowerCase());
    if (typed >= 0) { press(typed); event.preventDefault(); }
    else if (own && (event.key === " " || event.key === "Enter")) { press(Number(own.dataset.key)); event.preventDefault(); }
  });
  keys.addEventListener("keyup", (event) => {
    const own = event.target.closest("[data-key]"), typed = letters.indexOf(event.key.toLowerCase());
    if (typed >= 0) release(typed);
    else if (own && (event.key === " " || event.key === "Enter")) { release(Number(own.dataset.key)); event.preventDefault(); }
  });
  keys.addEventListener("focusout", (event) => { if (!keys.contains(event.relatedTarget)) [...held.keys()].forEach(release); });
  keys.querySelectorAll("[data-key]").forEach((button) => {
    const key = Number(button.dataset.key);
    button.addEventListener("pointerdown", (event) => { press(key); event.preventDefault(); button.focus(); });
    for (const end of ["pointerup", "pointerleave", "pointercancel"]) button.addEventListener(end, () => release(key));
  });
};

// 3. Stems: the ticked ones are heard at once, in step
const muting = (form) => {
  const ticks = [...form.querySelectorAll("input[name=stem]")], button = form.querySelector("button[type=submit]");
  let levels = null, sources = [];
  const follow = () => levels?.forEach((level, i) => level.gain.setTargetAtTime(ticks[i].checked ? 1 : 0, sound().currentTime, 0.01));
  const stop = () => { sources.forEach((one) => one.stop()); sources = []; button.textContent = "Play these stems"; };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (sources.length) { stop(); return; }
    button.textContent = "Loading …";
    const read = await Promise.all(ticks.map(async (tick) => {
      const answer = await fetch(`${form.action}?stem=${tick.value}`);
      return sound().decodeAudioData(await answer.arrayBuffer());
    })).catch(() => null);
    if (!read) { button.textContent = "They are not to be heard now"; return; }
    levels = read.map(() => { const level = sound().createGain(); level.connect(sound().destination); return level; });
    sources = read.map((buffer, i) => { const one = sound().createBufferSource(); one.buffer = buffer; one.connect(levels[i]); return one; });
    levels.forEach((level, i) => { level.gain.value = ticks[i].checked ? 1 : 0; });
    const begin = sound().currentTime + 0.05;
    sources.forEach((one) => one.start(begin));
    sources[0].onended = () => { if (sources.length) stop(); };
    button.textContent = "Stop";
  });
  ticks.forEach((tick) => tick.addEventListener("change", follow));
  form.querySelectorAll("button[data-solo]").forEach((solo) => {
    solo.hidden = false;
    solo.addEventListener("click", () => {
      const alone = ticks.every((tick) => tick.checked === (tick.value === solo.dataset.solo));
      ticks.forEach((tick) => { tick.checked = alone || tick.value === solo.dataset.solo; });
      follow();
    });
  });
};

// 4. A and B: one button goes over to the other take at the same second
const switching = (button) => {
  const pair = [...document.querySelectorAll("audio[data-side]")];
  if (pair.length !== 2) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const now = pair.findIndex((one) => !one.paused), from = pair[Math.max(0, now)], to = pair[now === 0 ? 1 : 0];
    const at = now < 0 ? 0 : from.currentTime;
    pair.forEach((one) => one.pause());
    to.currentTime = Math.min(at, to.duration || at);
    await to.play();
    button.textContent = `Now ${to.dataset.side}: switch`;
  });
};

// Whatever stands on the page, and whatever comes onto it
function ready(part) {
  const doing = { "form[data-telling]": telling, "[data-keys]": playing, "form[data-stems]": muting, "button[data-switch]": switching };
  for (const [query, act] of Object.entries(doing)) part.querySelectorAll(query).forEach(act);
}
ready(document);
