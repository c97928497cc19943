FROM python:3.12-slim AS build
WORKDIR /src
RUN python -m venv /opt/summit-bot
COPY requirements.txt .
RUN /opt/summit-bot/bin/pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
RUN /opt/summit-bot/bin/pip install --no-cache-dir --no-deps .

FROM python:3.12-slim
COPY --from=build /opt/summit-bot /opt/summit-bot
RUN useradd --create-home --uid 10001 summit
USER summit
WORKDIR /home/summit
ENV PATH=/opt/summit-bot/bin:$PATH PYTHONUNBUFFERED=1
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["python", "-m", "bot.health"]
CMD ["summit-bot", "run"]
