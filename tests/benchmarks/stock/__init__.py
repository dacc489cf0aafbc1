"""The same rows as djangorestframework-gis and django-filter serve them, written as their guides advise.

Run in a virtual environment of its own (``requirements-stock.txt``), by the same gunicorn settings.
"""
