"""The first, third, fifth … page of the book in a browser."""

import pytest
from site_looks import *  # noqa: F403 - its tests
from site_looks import every_second
from site_visit import browser, context  # noqa: F401 - fixtures


@pytest.fixture(scope="module")
def visits(context, html):  # noqa: F811
    return every_second(context, html, 0)
