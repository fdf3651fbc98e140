"""The list of creations: who finds what, and that a page reads no more than it shows."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.made_once import made_once
from tests.unit.studio import remixing

from accord.parties import accounts
from accord.provenance import pages
from accord.studio import queries
from accord.studio.listed import creations
from accord.studio.models import CreationRow, TakeRow

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery staple"


def _two() -> remixing.World:
    """“Two airs” is released; “Ébauche” by Gina is handed in and waits."""
    world = remixing.released()
    remixing.yes(world)
    remixing.handed_in(world, "Ébauche", remixing.laid(world))
    return world


once, world = made_once(_two)


def browser(name: str, role: str, *parties: str) -> Client:
    """Somebody signed in."""
    account = accounts.open_account(f"{name}@example.org", PASSWORD, [role], parties)
    made = Client()
    made.login(username=accounts.account(account).email, password=PASSWORD)
    return made


def titles(client: Client, **asked: str) -> list[str]:
    """What is listed, from top to bottom."""
    table = client.get("/creations", asked | {"format": "csv"}).content.decode()
    listed = [row["title"] for row in csv.DictReader(io.StringIO(table))]
    page = client.get("/creations", asked).content.decode()
    assert [title for title in listed if f">{title}</a>" in page] == listed
    return listed


def test_what_waits_is_listed_for_its_maker_and_for_product(world):
    """The newest first; the public and others see what is released."""
    maker, product = browser("gina", "creator", world["gina"]), browser("product", "product")
    assert titles(Client()) == titles(browser("hal", "creator", world["hal"])) == ["Two airs"]
    assert titles(maker) == titles(product) == ["Ébauche", "Two airs"]
    assert titles(maker, mine="1") == ["Ébauche"]
    assert "<strong>0</strong>" in maker.get("/creations", {"mine": "1"}).content.decode()
    assert "only mine" not in Client().get("/creations").content.decode()


def test_it_is_found_by_words_and_feature(world):
    """In whatever case, accents too."""
    maker = browser("gina", "creator", world["gina"])
    assert titles(maker, q="éBAU") == ["Ébauche"] and titles(maker, q="AIRS", feature="blend") == ["Two airs"]
    assert titles(maker, q="airs", feature="compose") == titles(maker, q="nothing") == []


def test_a_page_reads_what_it_shows(world, monkeypatch):
    """With fifty times as many creations: as many questions to the database, and no more creations than a page holds."""
    product = browser("product", "product")

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            assert product.get("/creations").status_code == 200
        return len(found)

    read, really = [], queries.creations
    monkeypatch.setattr(queries, "creations", lambda *ids: read.append(really(*ids)) or read[-1])
    monkeypatch.setattr(pages, "PER_PAGE", 2)
    asked()
    before = asked()
    take, made = TakeRow.objects.get(id=world["take"]), CreationRow.objects.get(id=world["creation"])
    for number in range(100):
        take.pk, take.position = f"tak_9{number:05d}", 10_000 + number
        take.save(force_insert=True)
        made.pk, made.take, made.position = f"cre_9{number:05d}", take.pk, 10_000 + number
        made.save(force_insert=True)
    read.clear()
    assert asked() <= before and max(map(len, read)) == 2
    part = creations()[2:5]
    assert [one.id for one in part] == ["cre_900097", "cre_900096", "cre_900095"]
    assert [len(part) for part in creations().parts()] == [102]


def test_a_long_list_is_written_part_by_part(world, monkeypatch):
    """In order, each once."""
    monkeypatch.setattr("accord.studio.listed.AT_ONCE", 1)
    assert titles(browser("gina", "creator", world["gina"])) == ["Ébauche", "Two airs"]
