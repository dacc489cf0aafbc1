# Maillage in a container: .venv and static files are made in one stage, the other only serves.
FROM python:3.11-slim-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends gettext libgdal32 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
RUN python -m venv /app/.venv
COPY requirements/base.txt requirements/base.txt
RUN .venv/bin/pip install --no-cache-dir --require-hashes --no-deps -r requirements/base.txt
COPY . .
# A key for this step only: the image holds none.
RUN SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(50))')" ALLOWED_HOSTS=localhost \
    .venv/bin/python manage.py prepare --files

FROM python:3.11-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends libgdal32 tzdata fonts-dejavu-core fonts-urw-base35 \
        fonts-droid-fallback fonts-noto-color-emoji \
        libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin maillage
WORKDIR /app
COPY --from=build /app /app
# The only folder it may write in: the key that a site of one machine makes for itself.
RUN install -d -o maillage -g maillage -m 0700 /app/.local
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOST=0.0.0.0 PORT=8000
USER maillage
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=8s --start-period=30s --retries=4 CMD ["python", "scripts/healthcheck.py"]
CMD ["python", "-m", "gunicorn", "--config", "config/gunicorn.py", "config.wsgi:application"]
