#!/usr/bin/env bash
# Run the whole suite: all of it on SQLite, then all that knows a database on PostgreSQL. What a machine lacks is named, and the rest runs.
set -u
cd "$(dirname "$0")/.."
bin=.venv/bin
marks="not deep"
[ "${1:-}" = deep ] && marks="deep or not deep"
mkdir -p test-results
missing=()
failed=0

# shellcheck source=tools/services.sh
source tools/services.sh
need_chromium || missing+=("$chromium_missing")
need_rpm || missing+=("$rpm_missing")
need_judges || missing+=("$judges_missing")

engine() {  # name, database url, folders
    echo "== the suite on $1"
    SUTURE_TEST_DATABASE_URL="$2" SUTURE_TEST_ENGINE="$1" \
        "$bin/pytest" "${@:3}" -n 2 --dist load --maxschedchunk 2 -m "$marks" --junit-xml="test-results/$1.xml" -p no:randomly || failed=1
}

engine SQLite sqlite tests
if start_postgres; then
    # core and formats know no database: once is enough for them, as for what is marked so.
    engine PostgreSQL "$postgres_url" tests/architecture tests/rooms tests/demo tests/doors
    stop_postgres
else
    missing+=("$postgres_missing")
fi

echo
echo "== summary"
"$bin/python" -m tools.summary test-results/SQLite.xml test-results/PostgreSQL.xml "${missing[@]}" || failed=1
exit "$failed"
