"""A reviewer's day by keyboard alone: sign in, open the queue, listen, decide, and come to the next case."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
PASSWORD = "a-demonstration"
MOST_STOPS = 40


def go_to(page: Page, place: str) -> None:
    """Press Tab until the focus is on what the selector names."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate("query => document.activeElement.matches(query)", place):
            return
    raise AssertionError(f"{MOST_STOPS} stops of the Tab key on {page.url} do not lead to `{place}`")


def test_a_reviewer_decides_a_case_and_comes_to_the_next_by_keyboard_alone(browser: Browser, site: str) -> None:
    """No pointer from sign-in to the next case; the player starts at the matching stretch and plays."""
    page = browser.new_context().new_page()
    page.goto(f"{site}/accounts/login/")
    if not page.evaluate("document.activeElement.matches('#id_login')"):
        go_to(page, "#id_login")
    page.keyboard.type("reviewer@demo.example")
    go_to(page, "#id_password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site}/")
    go_to(page, "nav a[href='/cases']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases")
    go_to(page, "main th a[href^='/cases/']")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/cases/case_\d+$"))
    first = page.url
    go_to(page, "audio")
    start = float(str(page.locator("audio").first.get_attribute("src")).partition("#t=")[2].partition(",")[0])
    page.keyboard.press("Space")
    page.wait_for_function("from => document.querySelector('audio').currentTime > from + 0.05", arg=start)
    page.keyboard.press("Space")
    go_to(page, "#because")
    page.keyboard.type("the same recording, note for note")
    go_to(page, "button[value=uphold]")
    page.keyboard.press("Enter")
    page.locator(".messages").wait_for()
    assert page.url == first and "Time to remediation" in page.locator("main").inner_text()
    assert page.evaluate("document.activeElement.innerText") == "The next case that waits"
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != first)
    assert page.locator("button[value=uphold]").count() == 1
    page.context.close()
