// What is wrong with the page for somebody who reads, listens or taps: a list of sentences, empty when all is well.
() => {
  const found = [], all = (query) => [...document.querySelectorAll(query)];
  const say = (wrong, words) => { if (wrong) found.push(words); };
  say(!document.documentElement.lang, "the page names no language");
  say(!document.title.endsWith("· Accord") || document.title.length < 12, `the title says nothing: ${document.title}`);
  say(all("h1").length !== 1, `${all("h1").length} first headings`);
  let level = 0;
  for (const heading of all("h1, h2, h3, h4")) {
    const its = Number(heading.tagName[1]);
    say(its > level + 1, `the heading "${heading.innerText}" skips a level`);
    level = its;
  }
  for (const one of all("input:not([type=hidden]), select, textarea")) say(!one.labels.length && !one.ariaLabel, `${one.name} has no label`);
  for (const one of all("button, a")) say(!one.textContent.trim() && !one.ariaLabel, `nothing says where ${one.outerHTML} leads`);
  for (const one of all("audio")) say(!one.ariaLabel, "a player has no name");
  for (const one of all("th")) say(!one.scope, `the heading "${one.innerText}" of a table has no scope`);
  const names = all("[id]").map((one) => one.id);
  say(new Set(names).size !== names.length, "an id stands twice");
  const width = document.documentElement.clientWidth;
  say(document.documentElement.scrollWidth > width, `${document.documentElement.scrollWidth - width} px wider than its window`);
  for (const one of all("nav a, main h1, main p, main button, main .button, main input, main select, main dd")) {
    const box = one.getBoundingClientRect(), scrolls = one.closest(".scroll");
    say(box.width && box.right > width + 1 && !scrolls, `"${one.innerText || one.name}" is cut off at the right`);
  }
  const channels = (colour) => (colour.match(/[\d.]+/g) || []).map(Number);
  const light = (colour) => {
    const [r, g, b] = channels(colour).map((c) => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (one) => {
    for (; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if ((channels(colour)[3] ?? 1) > 0.99) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text; (text = texts.nextNode());) {
    const one = text.parentElement;
    if (!text.data.trim() || one.closest("script, style, svg, option") || !one.checkVisibility()) continue;
    const style = getComputedStyle(one), pair = [light(style.color), light(behind(one))].sort((a, b) => b - a);
    const ratio = (pair[0] + 0.05) / (pair[1] + 0.05), size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    say(ratio < (large ? 3 : 4.5), `"${text.data.trim()}" has a contrast of ${ratio.toFixed(2)} (AA)`);
  }
  return found;
}
