"""FastAPI answering GET /goals from PostgreSQL, by the very statement of our service. Settings: $BENCH_SETTINGS."""
import contextlib
import datetime
import json
import os

import asyncpg
from fastapi import FastAPI, Request, Response

with open(os.environ["BENCH_SETTINGS"], encoding="utf-8") as file:
    SETTINGS = json.load(file)
WORKERS = 2


@contextlib.asynccontextmanager
async def lifespan(served):
    words = SETTINGS["options"].replace("-c ", "").split()
    served.state.pool = await asyncpg.create_pool(
        host=SETTINGS["host"], database=SETTINGS["database"], user=SETTINGS["user"],
        server_settings=dict(word.split("=", 1) for word in words), min_size=8 // WORKERS, max_size=8 // WORKERS)
    yield
    await served.state.pool.close()


app = FastAPI(lifespan=lifespan)


@app.get("/goals")
async def goals(request: Request, limit: int = 50):
    now = datetime.datetime.now(datetime.timezone.utc).isoformat()
    rows = await request.app.state.pool.fetch(
        SETTINGS["statements"]["goals_list"], None, None, now, None, None, "{}", None, None, limit + 1, None)
    data = ",".join(row["doc"] for row in rows[:limit])
    return Response('{"data":[' + data + '],"page":{"has_more":false,"next_cursor":null},'
                    '"links":{"self":"/goals","next":null}}\n', media_type="application/json")
