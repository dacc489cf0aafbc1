"""The self-assessment of the fixture, without a database or in one."""

import json

import pytest

from questionnaires.content import Content, read
from questionnaires.models import QuestionnaireVersion
from questionnaires.versions import FIXTURE, load
from tests.questionnaires.shapes import make_compass


@pytest.fixture(scope="session")
def profile() -> Content:
    return read(json.loads(FIXTURE.read_text(encoding="utf-8"))["content"])


@pytest.fixture
def version(db: None) -> QuestionnaireVersion:
    return load()


@pytest.fixture
def compass(db: None) -> QuestionnaireVersion:
    return make_compass()
