#!/usr/bin/env bash
# Every budget in one run, on SQLite and on PostgreSQL: a server that is named, else one of its own, else SQLite alone.
set -u
cd "$(dirname "$0")/.."

# shellcheck source=tools/services.sh
source tools/services.sh
url=${SUTURE_TEST_DATABASE_URL:-}
own=""
case "$url" in
postgres*) ;;
*) if start_postgres; then url=$postgres_url own=yes; else echo "$postgres_missing" >&2; fi ;;
esac
.venv/bin/python -m tools.bench ${url:+--postgres "$url"} "$@"
done=$?
[ -n "$own" ] && stop_postgres
exit "$done"
