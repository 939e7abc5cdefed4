# What the tests need beyond Python: Chromium and a PostgreSQL server. Debian's packages are installed where we are root.
# To be sourced. Sets $chromium_missing, $postgres_missing with the reason, and $postgres_url.

chromium_missing=""
postgres_missing=""
postgres_url=""
rpm_missing=""
judges_missing=""
_pg_dir=""
_pg_bin=""

_apt_install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
    echo "Installing from Debian: $*" >&2
    { DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" ||
        { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"; }; } >/dev/null 2>&1
}

need_chromium() {
    local name
    for name in chromium chromium-browser google-chrome; do
        if command -v "$name" >/dev/null; then SUTURE_CHROMIUM=$(command -v "$name"); export SUTURE_CHROMIUM; return 0; fi
    done
    if _apt_install chromium && command -v chromium >/dev/null; then
        SUTURE_CHROMIUM=$(command -v chromium); export SUTURE_CHROMIUM; return 0
    fi
    chromium_missing="no Chromium: the browser tests were skipped (Debian: apt-get install chromium, as root)"
    return 1
}

need_rpm() {
    command -v rpm >/dev/null || _apt_install rpm || { rpm_missing="no rpm: the comparison with rpm's own order was skipped"; return 1; }
}

# Programs whose version order ours is compared with (tests/core/versions/references.py). One by one: a machine may know
# some of the packages only. Maven, Conan, Portage and apk are asked where they are there, and not installed.
need_judges() {
    local missing=()
    command -v ruby >/dev/null || _apt_install ruby || missing+=("ruby")
    _has_semver || _apt_install node-semver || missing+=("node-semver")
    [ -f /usr/share/php/Composer/Semver/autoload.php ] && command -v php >/dev/null ||
        _apt_install php-cli php-composer-semver || missing+=("php-composer-semver")
    compgen -G "/usr/lib*/*/libalpm.so*" >/dev/null || compgen -G "/usr/lib*/libalpm.so*" >/dev/null ||
        _apt_install pacman-package-manager || missing+=("pacman-package-manager")
    [ ${#missing[@]} = 0 ] && return 0
    judges_missing="no ${missing[*]}: the comparison with their version order was skipped (Debian packages, as root)"
    return 1
}

_has_semver() {
    command -v node >/dev/null &&
        { [ -d /usr/share/nodejs/semver ] || [ -d /usr/lib/node_modules/npm/node_modules/semver ]; }
}

_find_postgres() {
    local folder
    for folder in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV) "$(dirname "$(command -v initdb 2>/dev/null || echo /nowhere/x)")"; do
        if [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ]; then _pg_bin=$folder; return 0; fi
    done
    return 1
}

_as_postgres_user() {  # PostgreSQL refuses to run as root
    if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

start_postgres() {
    if ! _find_postgres; then
        _apt_install postgresql && _find_postgres || {
            postgres_missing="no PostgreSQL server: its run was skipped (Debian: apt-get install postgresql, as root)"
            return 1
        }
    fi
    if [ "$(id -u)" = 0 ] && ! id postgres >/dev/null 2>&1; then
        postgres_missing="no user 'postgres', and PostgreSQL refuses to run as root: its run was skipped"
        return 1
    fi
    _pg_dir=$(mktemp -d -t suture-pg-XXXXXX)
    [ "$(id -u)" = 0 ] && chown postgres "$_pg_dir"
    local port
    port=$(.venv/bin/python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    if ! (cd / && _as_postgres_user "$_pg_bin/initdb" -D "$_pg_dir/data" -U suture --auth=trust -E UTF8 --locale=C.UTF-8 >"$_pg_dir.log" 2>&1 &&
        _as_postgres_user "$_pg_bin/pg_ctl" -D "$_pg_dir/data" -l "$_pg_dir/server.log" -w \
            -o "-p $port -k $_pg_dir -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off -c max_connections=60" start >>"$_pg_dir.log" 2>&1); then
        postgres_missing="PostgreSQL did not start: its run was skipped ($(tail -n 1 "$_pg_dir.log"))"
        return 1
    fi
    postgres_url="postgresql://suture@127.0.0.1:$port/postgres"
    trap stop_postgres EXIT
}

stop_postgres() {
    [ -n "$_pg_dir" ] && [ -d "$_pg_dir/data" ] && (cd / && _as_postgres_user "$_pg_bin/pg_ctl" -D "$_pg_dir/data" -m immediate stop >/dev/null 2>&1)
    [ -n "$_pg_dir" ] && rm -rf "$_pg_dir" "$_pg_dir.log"
    _pg_dir=""
}
