"""Every page in real Chromium, on a desktop in light and a phone in the dark: it answers, can be read, and needs no script."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.browser
#: Ids of parties, assets, takes and creations: pages name them. A record's own number may stand beside its name.
SHOWN_ID = re.compile(r"\b(?:pty|tak|cre|mdl|scr|prf)_\d{6}\b", re.IGNORECASE)
FAULTS = (Path(__file__).parent / "faults.js").read_text()
PASSWORD = "a-demonstration"
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
PAGES = {
    "": ["/", "/features", "/features/compose", "/creations", "/figures", "/verify", "/accounts/login/"],
    "ilse-varga": ["/", "/choices", "/voice", "/catalog", "/statements", "/figures"],
    "adela-fenwick": ["/choices", "/statements"],
    "aurelia": ["/", "/catalog", "/deals", "/statements", "/statements/what-if", "/cases"],
    "larkspur": ["/catalog?kind=work", "/statements"],
    "robin": ["/", "/studio", "/creations", "/statements", "/statements/account", "/cases"],
    "sam": ["/cases"],
    "licensing": ["/", "/deals", "/catalog?held=1", "/worklist", "/worklist?territory=JP"],
    "legal": ["/", "/deals", "/features", "/features/duet"],
    "reviewer": ["/", "/cases", "/cases/duplicates", "/catalog"],
    "finance": [
        *("/", "/statements", "/figures", "/statements/account-changes", "/statements/rates"),
        *("/statements/unmatched", "/statements/lump-sums", "/statements/pay-out", "/statements/what-if"),
    ],
}
#: Lists whose first entry leads to a page that must work too.
LEADS = {
    ("sam", "/cases"): "main a[href^='/cases/']",
    ("aurelia", "/statements"): "main a[href^='/statements/stm-']",
    ("larkspur", "/statements"): "main a[href^='/statements/stm-']",
    ("larkspur", "/catalog?kind=work"): "main a[href^='/catalog/']",
    ("", "/creations"): "main a[href^='/creations/']",
    ("aurelia", "/catalog"): "main a[href^='/catalog/']",
    ("aurelia", "/deals"): "main a[href^='/deals/']",
    ("robin", "/studio"): "main a[href^='/studio/']",
    ("reviewer", "/cases"): "main a[href^='/cases/']",
    ("finance", "/statements"): "main a[href^='/statements/']",
}
CASES = [(who, path) for who, paths in PAGES.items() for path in paths]


def sign_in(page: Page, site: str, who: str) -> None:
    """Sign in as a demonstration account, by the form."""
    page.goto(f"{site}/accounts/login/")
    page.fill("#id_login", f"{who}@demo.example")
    page.fill("#id_password", PASSWORD)
    page.click("form.card button[type=submit]")
    page.wait_for_url(f"{site}/")


def look(page: Page, address: str) -> None:
    """The claims that hold for every page."""
    answer = page.goto(address)
    assert answer is not None and answer.status == 200, (address, answer and answer.status)
    assert page.evaluate(FAULTS) == [], address
    assert not SHOWN_ID.search(page.locator("main").inner_text()), f"{address} shows an id where a name belongs"


@pytest.fixture(scope="session")
def signed_in(browser: Browser, site: str) -> Callable[[str], Any]:
    """The cookies of an account, signed in once: sign-ins are rate-limited, as they should be."""

    @cache
    def cookies(who: str) -> Any:
        page = browser.new_context().new_page()
        if who:
            sign_in(page, site, who)
        kept = page.context.storage_state()
        page.context.close()
        return kept

    return cookies


@pytest.fixture
def visit(browser: Browser, signed_in: Callable[[str], Any]) -> Callable[[str, dict[str, int], bool], Page]:
    """A page of a signed-in (or no) account, at a width, with or without JavaScript."""

    def open_page(who: str, size: dict[str, int], script: bool = True) -> Page:
        scheme: Any = "dark" if size is PHONE else "light"
        context = browser.new_context(
            viewport=size, color_scheme=scheme, java_script_enabled=script, storage_state=signed_in(who)
        )
        return context.new_page()

    return open_page


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize(("who", "path"), CASES)
def test_the_page_answers_and_fits(visit, site: str, who: str, path: str, size: dict[str, int]) -> None:  # type: ignore[no-untyped-def]
    """The page and the first one it lists answer 200 and are no wider than the window."""
    page = visit(who, size)
    look(page, site + path)
    lead = LEADS.get((who, path))
    if lead:
        found = page.locator(lead).first
        look(page, site + str(found.get_attribute("href")))
    page.context.close()


def test_nothing_is_fetched_from_elsewhere(visit, site: str) -> None:  # type: ignore[no-untyped-def]
    """Pages load from this server alone."""
    page = visit("", DESKTOP)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in PAGES[""]:
        page.goto(site + path)
    assert [url for url in asked if not url.startswith((site, "data:"))] == []
    page.context.close()


def test_a_choice_can_be_made_without_javascript(visit, site: str) -> None:  # type: ignore[no-untyped-def]
    """Forms work without scripts: an artist's answer is changed and shown."""
    page = visit("juno-abara", PHONE, False)
    page.goto(f"{site}/choices")
    rows = page.locator("form button[value=no]")
    assert rows.count() >= 1
    rows.first.click()
    assert page.locator("h1").inner_text().startswith("Take back")
    page.click("form button[type=submit].no")
    assert "no" in page.locator("main").inner_text()
    page.context.close()


def test_the_first_tab_leads_to_the_content(visit, site: str) -> None:  # type: ignore[no-untyped-def]
    """By keyboard: the first stop is the link that skips the menu."""
    page = visit("", DESKTOP)
    page.goto(f"{site}/features")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.context.close()


def test_the_picture_names_everyone_heard_in_colours_of_their_own(visit, site: str) -> None:  # type: ignore[no-untyped-def]
    """The credited waveform of a remix: two sources, two colours, both named beside it."""
    page = visit("", DESKTOP)
    page.goto(f"{site}/creations?feature=blend")
    page.goto(site + str(page.locator(LEADS["", "/creations"]).first.get_attribute("href")))
    dots = page.locator(".heard .who-dot")
    colours = {colour_of(dots.nth(i)) for i in range(dots.count())}
    assert dots.count() >= 2 and len(colours) == dots.count()
    page.context.close()


def colour_of(dot: Locator) -> str:
    """The colour a person's dot is drawn in."""
    return str(dot.evaluate("dot => getComputedStyle(dot, '::before').color"))


def test_a_colour_follows_a_person_through_picture_credits_and_consent(visit, site: str) -> None:  # type: ignore[no-untyped-def]
    """Whoever is heard wears one colour beside the waveform, in the credits and among those who agreed."""
    page = visit("", DESKTOP)
    page.goto(f"{site}/creations?feature=blend")
    page.goto(site + str(page.locator(LEADS["", "/creations"]).first.get_attribute("href")))
    person = page.locator(".heard-name").first.inner_text().split(":")[0].strip()
    beside = page.locator(".heard-name", has_text=person).locator(".who-dot").first
    agreed = page.locator("tr", has_text=person).locator(".who-dot").first
    credited = page.locator("dd", has_text=person).locator(".who-dot").first
    assert colour_of(beside) == colour_of(agreed) == colour_of(credited)
    page.context.close()


LISTS = {
    "": ["/creations", "/figures", "/features"],
    "ilse-varga": ["/choices", "/catalog", "/statements"],
    "robin": ["/studio", "/cases"],
    "licensing": ["/deals"],
}


@pytest.mark.parametrize(("who", "path"), [(who, path) for who, paths in LISTS.items() for path in paths])
def test_lists_can_be_taken_away(visit, site: str, who: str, path: str) -> None:  # type: ignore[no-untyped-def]
    """A list's own link leads to a CSV file."""
    page = visit(who, DESKTOP)
    page.goto(site + path)
    with page.expect_download() as taken:
        page.click("text=Download as CSV")
    assert taken.value.suggested_filename.endswith(".csv")
    page.context.close()


def test_a_dropped_file_is_proven_and_a_changed_one_is_not(visit, site: str, tmp_path: Path, demo_home: Path) -> None:  # type: ignore[no-untyped-def]
    """The public verify page, without scripts."""
    released = sorted((demo_home / "released").glob("*.wav"))[0]
    changed = bytearray(released.read_bytes())
    changed[-2000] ^= 0x10
    (tmp_path / "changed.wav").write_bytes(changed)
    page = visit("", PHONE, False)
    for file, verdict in ((released, "Proven"), (tmp_path / "changed.wav", "Not proven")):
        page.goto(f"{site}/verify")
        page.set_input_files("#file", file)
        page.click("text=Verify this file")
        assert page.locator("section .notice").first.inner_text().startswith(verdict)
        assert not SHOWN_ID.search(page.locator("main").inner_text()), (
            "a verified file shows names, its numbers on request"
        )
    (tmp_path / "words.wav").write_text("no sound at all")
    page.goto(f"{site}/verify")
    page.set_input_files("#file", tmp_path / "words.wav")
    page.click("text=Verify this file")
    assert "WAV, FLAC or MP3" in page.locator("[role=alert]").inner_text()
    assert page.locator("#file").count() == 1, "the form is still there for the right file"
    page.context.close()


def test_a_refused_prompt_names_who_could_change_it(visit, site: str) -> None:  # type: ignore[no-untyped-def]
    """A prompt in the style of an artist who did not agree is refused, with the artist's name."""
    page = visit("robin", DESKTOP, False)
    page.goto(f"{site}/studio")
    page.click("text=Sit down in Compose")
    page.fill("#prompt", "a song in the style of Ilse Varga")
    page.click("text=Make it")
    assert page.locator("h1").inner_text() == "Refused"
    assert "Ilse Varga" in page.locator("main .notice").inner_text()
    page.click("text=ask a reader")
    page.locator("text=It does not ask for that: ask a reader").first.click()
    assert "a song in the style of Ilse Varga" in page.locator("main").inner_text()
    page.context.close()


def test_an_unknown_page_keeps_the_menu(visit, site: str) -> None:  # type: ignore[no-untyped-def]
    """What is not there answers 404 with a way on."""
    page = visit("robin", PHONE)
    answer = page.goto(f"{site}/nothing-here")
    assert answer is not None and answer.status == 404
    assert page.locator("nav a[href='/studio']").count() == 1
    page.context.close()


def test_a_list_follows_its_filter_and_the_keyboard_stays_where_it_was(visit, site: str) -> None:  # type: ignore[no-untyped-def]
    """With scripts a choice filters at once; the address says so, and the focus is still on the choice."""
    page = visit("licensing", DESKTOP)
    page.goto(f"{site}/catalog")
    page.focus("#kind")
    page.keyboard.press("ArrowDown")
    page.wait_for_url("**kind=work**")
    page.locator("#kind:focus").wait_for()
    assert page.locator("td[data-label=Kind]").first.inner_text() == "work"
    page.context.close()


def test_a_statement_prints_as_a_statement(visit, site: str) -> None:  # type: ignore[no-untyped-def]
    """On paper, from a dark screen too: black on white, its lines as a table, without menu, forms and buttons."""
    page = visit("larkspur", PHONE)
    page.goto(f"{site}/statements")
    page.goto(site + str(page.locator(LEADS["larkspur", "/statements"]).first.get_attribute("href")) + "?lines=all")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 960})
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('main thead th')).color") == "rgb(93, 90, 84)"
    assert page.locator("nav:visible, form:visible, main button:visible").count() == 0
    assert page.evaluate("getComputedStyle(document.querySelector('#lines tr')).display") == "table-row"
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.context.close()


def test_an_account_is_given_and_shown_by_its_last_letters_alone(visit, site: str) -> None:  # type: ignore[no-untyped-def]
    """Where one is paid: a number that is none is refused with a sentence; one that is right is saved and masked."""
    page = visit("robin", PHONE, False)
    page.goto(f"{site}/statements/account")
    page.fill("input[name=holder]", "Robin Hale")
    page.fill("input[name=iban]", "DE89 3704 0044 0532 0130 01")
    page.click("form:has(input[name=iban]) button")
    assert "is not an IBAN" in page.locator("main").inner_text()
    page.goto(f"{site}/statements/account")
    page.fill("input[name=holder]", "Robin Hale")
    page.fill("input[name=iban]", "DE89 3704 0044 0532 0130 00")
    page.click("form:has(input[name=iban]) button")
    told = page.locator("main").inner_text()
    assert "DE … 3000" in told and "0532" not in page.content(), told
    page.context.close()


#: Jump to a second once the length is known, and say where the player arrived.
SEEK = """(audio, second) => new Promise((arrived) => {
  const jump = () => { audio.onseeked = () => arrived(audio.currentTime); audio.currentTime = second; };
  audio.readyState >= 1 ? jump() : audio.addEventListener("loadedmetadata", jump);
})"""


def test_a_released_sound_can_be_sought_in(visit, site: str) -> None:  # type: ignore[no-untyped-def]
    """A player that jumps into the middle of a released file hears it from there."""
    page = visit("", DESKTOP)
    page.goto(f"{site}/creations?feature=blend")
    page.goto(site + str(page.locator(LEADS["", "/creations"]).first.get_attribute("href")))
    arrived = page.locator("main audio").evaluate(SEEK, 12)
    assert arrived == pytest.approx(12, abs=0.1)
    page.context.close()
