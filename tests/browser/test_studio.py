"""One creator's sitting in the studio with its script running: what is played, made, kept and compared is heard."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser
PASSWORD = "a-demonstration"
#: Whatever a page sends to the speakers by Web Audio passes a meter too; `loud()` is the highest sample of the last moment.
METER = """(() => {
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (to, ...more) {
    if (to === this.context.destination) {
      this.context.meter ||= this.context.createAnalyser();
      window.meters = [...new Set([...(window.meters || []), this.context.meter])];
      connect.call(this, this.context.meter);
    }
    return connect.call(this, to, ...more);
  };
  window.loud = () => Math.max(0, ...(window.meters || []).map((meter) => {
    const now = new Float32Array(meter.fftSize);
    meter.getFloatTimeDomainData(now);
    return Math.max(...now.map(Math.abs));
  }));
})()"""
PATIENCE_S = 60


@pytest.fixture(scope="module")
def page(browser: Browser, site: str) -> Iterator[Page]:
    """Robin, who sat down in Compose; the tests of this file go on from each other's takes, as a sitting does."""
    context = browser.new_context(viewport={"width": 1100, "height": 900})
    context.add_init_script(METER)
    page = context.new_page()
    page.goto(f"{site}/accounts/login/")
    page.fill("#id_login", "robin@demo.example")
    page.fill("#id_password", PASSWORD)
    page.click("form.card button[type=submit]")
    page.wait_for_url(f"{site}/")
    page.goto(f"{site}/studio")
    page.click("text=Sit down in Compose")
    yield page
    context.close()


def until(page: Page, claim: str) -> Any:
    """Wait until an expression is true on the page, and give it."""
    ends = time.monotonic() + PATIENCE_S
    while not (found := page.evaluate(claim)):
        assert time.monotonic() < ends, f"never true: {claim}"
        page.wait_for_timeout(20)
    return found


def test_a_phrase_on_the_keys_sounds_is_written_down_and_opens_a_take_that_is_heard_where_one_stands(
    page: Page,
) -> None:
    """Letters play; `Make it` without leaving the page tells what it does, and then the new take plays and has the focus."""
    page.click("text=Begin with a phrase of your own")
    page.focus("[data-key='0']")
    assert page.evaluate("loud()") == 0
    for letter in "ad":
        page.keyboard.down(letter)
        assert until(page, "loud()") > 0.01, "a key that is held is heard"
        page.keyboard.up(letter)
    written = [word.partition(":")[0] for word in page.input_value("#notes").split()]
    assert [word for word in written if word != "-"] == ["C4", "E4"]
    page.check("text=continue my phrase")
    page.fill("#bars", "2")
    page.evaluate("window.stayed = true")
    said = page.locator("form[data-telling] [role=status]").first
    said.evaluate(  # a short piece is made between two looks from here: the page itself writes down what is said
        "one => { window.said = []; new MutationObserver(() => said.push(one.textContent))"
        ".observe(one, {childList: true, characterData: true, subtree: true}) }"
    )
    page.click("text=Make it")
    expect(said).to_contain_text("You hear it below", timeout=PATIENCE_S * 1000)
    assert any(re.search(r"… \d+\.\d s", words) for words in page.evaluate("window.said"))
    assert until(page, "document.activeElement.matches('article audio') && document.activeElement.currentTime > 0.05")
    assert page.evaluate("window.stayed"), "the page was left"
    assert page.locator("#takes article").count() == 1 and "2 of " in page.locator("#takes dl").inner_text()
    page.evaluate("document.activeElement.pause()")


def test_a_part_written_again_is_a_branch_and_undo_goes_back(page: Page) -> None:
    """The second take stands under the first, is where one is, and undo leads back to the first; a change is made there."""
    page.click("text=Write a part of it again")
    page.fill("#takes article input[name=bars]", "2")
    page.click("text=Write it again")
    expect(page.locator("#takes article")).to_have_count(2, timeout=PATIENCE_S * 1000)
    assert until(page, "[...document.querySelectorAll('#takes article audio')].some((one) => one.currentTime > 0.05)")
    branch = page.locator("details.tree li", has_text="Take 2")
    assert branch.get_attribute("style") == "--depth: 1" and "you are here" in branch.inner_text()
    page.click("text=Undo: back to take 1")
    assert "you are here" in page.locator("details.tree li", has_text="Take 1").first.inner_text()
    assert page.locator("#takes article").count() == 2
    quieter = page.locator("#takes article").last.locator("form", has_text="Change it")
    quieter.locator("input[name=edit]").fill("gain -3")
    quieter.locator("button").click()
    expect(page.locator("#takes article")).to_have_count(3, timeout=PATIENCE_S * 1000)
    assert until(page, "document.activeElement.matches('article audio') && document.activeElement.currentTime > 0.05")
    page.evaluate("document.activeElement.pause()")


def test_stems_are_muted_and_played_alone_while_they_sound(page: Page) -> None:
    """Both stems are heard, none without ticks, and one alone by its button."""
    stems = page.locator("#takes article").last.locator("form[data-stems]")
    page.locator("#takes article").last.locator("summary", has_text="Stems").click()
    stems.locator("button[type=submit]").click()
    expect(stems.locator("button[type=submit]")).to_have_text("Stop")
    assert until(page, "loud()")
    ticks = stems.locator("input[name=stem]")
    for number in range(ticks.count()):
        ticks.nth(number).uncheck()
    until(page, "loud() < 1e-4")
    stems.locator("button[data-solo='0']").click()
    assert [ticks.nth(number).is_checked() for number in range(ticks.count())] == [True, *[False] * (ticks.count() - 1)]
    assert until(page, "loud() > 1e-3")
    stems.locator("button[type=submit]").click()
    until(page, "loud() < 1e-4")


def test_two_takes_are_switched_between_at_the_same_second_and_at_one_loudness(page: Page) -> None:
    """The switch pauses one and plays the other from there; both players ask for the quieter one's loudness."""
    page.click("text=Put them side by side")
    players = page.locator("audio[data-side]")
    asked = {str(players.nth(side).get_attribute("src")).partition("?")[2] for side in (0, 1)}
    assert len(asked) == 1 and asked.pop().startswith("lufs=-")
    switch = page.locator("button[data-switch]")
    switch.click()
    now = "[...document.querySelectorAll('audio[data-side]')].map((one) => one.paused ? 0 : one.currentTime)"
    at = until(page, f"{now}[0] > 0.3 && {now}")[0]
    switch.click()
    first, second = until(page, f"{now}[1] && {now}")
    assert first == 0 and at - 0.1 <= second < at + 2


def test_a_match_is_heard_before_a_take_is_made_of_it(page: Page, site: str) -> None:
    """In the remix’s form: where the page stands, the match plays, says what it did, and leaves no take; a take is a source then."""
    page.goto(f"{site}/studio")
    page.click("text=Sit down in Blend")
    page.evaluate("window.stayed = true")
    page.fill("#end_a", "8")
    page.fill("#end_b", "8")
    page.fill("#offset_b", "3")
    page.click("text=Hear the match first")
    expect(page.locator("form[data-telling] [role=status]").first).to_contain_text(
        "You hear the match", timeout=PATIENCE_S * 1000
    )
    assert until(page, "document.activeElement.matches('#match audio') && document.activeElement.currentTime > 0.05")
    assert page.locator("#match tbody tr").count() == 2 and "ms apart as heard" in page.locator("#match").inner_text()
    assert page.evaluate("window.stayed") and page.locator("#takes article").count() == 0
    page.locator("form[data-telling]").first.get_by_role("button", name="Make it").click()
    until(page, "document.querySelectorAll('#takes article').length === 1")
    assert until(page, "document.querySelectorAll('#asset_b optgroup option').length === 1")


def test_a_refusal_is_told_in_names_and_the_keyboard_stays_where_it_was(page: Page, site: str) -> None:
    """What cannot be made is said beside the button, which keeps the focus; a prompt's refusal leads to a reader."""
    page.goto(f"{site}/studio")
    page.click("text=Sit down in Compose")
    said, pressed = page.locator("form[data-telling] [role=status]").first, "document.activeElement.textContent"
    for field, text, words in (
        ("#bars", "999", "“999” bars cannot be made"),
        ("#prompt", "like Ilse Varga", "Ask a reader"),
    ):
        page.reload()
        page.fill(field, text)
        page.focus("form[data-telling] button[type=submit]")
        page.keyboard.press("Enter")
        expect(said).to_contain_text(words, timeout=PATIENCE_S * 1000)
        assert page.evaluate(pressed) == "Make it"
    assert page.locator("form[data-telling] [role=status] a").get_attribute("href") == "/cases#prompts"


#: What can be worked on a page, numbered as it stands there; what is folded away or has no size is left out.
CONTROLS = """[...document.querySelectorAll('main :is(a[href], button, input, select, textarea, summary, audio[controls])')]
  .filter((one) => one.type !== 'hidden' && one.type !== 'radio' && one.checkVisibility() && one.getBoundingClientRect().width)
  .map((one, number) => { one.dataset.number = number; return one.outerHTML.slice(0, 120); })"""


def test_every_control_of_the_studios_pages_is_reached_by_the_tab_key_on_a_phone(page: Page, site: str) -> None:
    """Sessions, a session of each kind, what others made, two takes side by side, a creation and its graph: at 375 pixels."""
    page.set_viewport_size({"width": 375, "height": 740})
    page.goto(f"{site}/studio")
    sessions = [str(one.get_attribute("href")) for one in page.locator("table th a").all()]
    walked = [path for path in sessions if _takes(page, site + path) > 1][:2]
    assert len(walked) == 2
    pages = ["/studio", *walked, *(f"{path}/others" for path in walked), "/creations?mine=1"]
    for path in walked:
        page.goto(site + path)
        a, b = (str(one.get_attribute("id")) for one in page.locator("#takes article").all()[:2])
        pages.append(f"{path}/compare?a={a}&b={b}")
    page.goto(f"{site}/creations?mine=1")
    made = str(page.locator(".card h2 a").first.get_attribute("href"))
    for path in (*pages, made, f"{made}/lineage"):
        page.goto(site + path)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
        controls, reached = page.evaluate(CONTROLS), set()
        while page.keyboard.press("Tab") is None and page.evaluate("document.activeElement !== document.body"):
            reached.add(page.evaluate("document.activeElement.dataset.number"))
        assert [one for number, one in enumerate(controls) if str(number) not in reached] == [], path


def _takes(page: Page, address: str) -> int:
    page.goto(address)
    return page.locator("#takes article").count()
