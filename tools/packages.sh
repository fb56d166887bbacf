# shellcheck shell=sh
# The Debian packages that run and test need, by name, and how they get here. Needs tools/say.sh.

# shellcheck disable=SC2034 # run and test read them
packages_build="gcc libc6-dev make cmake pkgconf libcivetweb-dev libcurl4-openssl-dev libjansson-dev
    libpq-dev libssl-dev libxml2-dev libyaml-dev zlib1g-dev"
packages_run="$packages_build postgresql postgresql-client util-linux curl ca-certificates"
# libFuzzer comes in a package that bears the number of the clang that it is for: of the one that is
# here, or of the one that "clang" means on this Debian.
packages_clang() {
    if command -v clang >/dev/null; then
        clang -dumpversion | cut -d . -f 1
    else
        case $(cut -d . -f 1 /etc/debian_version 2>/dev/null) in
            12) echo 14 ;;
            *) echo 19 ;;
        esac
    fi
}

# shellcheck disable=SC2034
packages_test="$packages_run check python3 python3-venv clang clang-tidy clang-format cppcheck
    shellcheck valgrind nginx-light jq git nodejs procps libxml2-utils libclang-rt-$(packages_clang)-dev"
# For one suite alone, and large. The fonts are for the languages that the pages are in.
# shellcheck disable=SC2034
packages_browser="chromium fonts-noto-core fonts-noto-cjk poppler-utils"

# shellcheck disable=SC2034
packages_npm=npm # for the suites that bring in programs by it

# Programs of PostgreSQL and Node that came by packages of other names are as good.
packages_stand_in() {
    case $1 in
        postgresql) [ -n "$(ls -d /usr/lib/postgresql/*/bin/postgres 2>/dev/null)" ] ;;
        postgresql-client) command -v psql >/dev/null ;;
        nodejs) command -v node >/dev/null ;;
        npm) command -v npm >/dev/null ;;
        *) return 1 ;;
    esac
}

# Prints those of the packages named that are not installed.
packages_missing() {
    if ! command -v dpkg-query >/dev/null; then
        say "this is no Debian system: taking it that these are there: $*"
        return 0
    fi
    # shellcheck disable=SC2016 # dpkg-query's own variables, not the shell's
    packages_here=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || :)
    for package in "$@"; do
        printf '%s\n' "$packages_here" | grep -qx "installed $package" && continue
        packages_stand_in "$package" || printf '%s ' "$package"
    done
}

# Prints the command that installs the packages named, as root would type it. PostgreSQL's package
# makes and starts a server of its own on port 5432 unless it is told beforehand not to; nginx's
# starts one on port 80, and the tests want the program only.
packages_command() {
    packages_conf=/etc/postgresql-common/createcluster.d
    case " $* " in
        *" postgresql "*)
            printf 'mkdir -p %s && ' "$packages_conf"
            printf 'echo "create_main_cluster = false" >%s/cerritos-in-progress.conf && ' "$packages_conf" ;;
    esac
    printf 'apt-get update; '
    printf 'DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends %s' "$*"
    case " $* " in
        *" nginx-light "*)
            printf ' && { [ ! -d /run/systemd/system ] || systemctl disable --now nginx; }' ;;
    esac
}

# packages_install yes|no PACKAGE...: installs them, or with "no" names the command and ends.
packages_install() {
    packages_may=$1
    shift
    packages_line=$(packages_command "$@")
    packages_typed=$packages_line
    is_root || packages_typed="sudo sh -c '$packages_line'"
    say "missing Debian packages: $*"
    if [ "$packages_may" = no ]; then
        die "nothing was installed (--no-install). This installs them:
  $packages_typed"
    fi
    command -v apt-get >/dev/null || die "there is no apt-get here: install these by other means"
    if is_root; then
        quietly "installing them: $packages_typed" sh -c "$packages_line" ||
            die "apt-get could not install them; the command was:
  $packages_typed"
        return
    fi
    command -v sudo >/dev/null || die "there is no sudo here. As root, type:
  $packages_line"
    say "installing them: $packages_typed"
    # In the foreground: sudo may have to ask for a password.
    sudo sh -c "$packages_line" >&2 || die "the packages could not be installed; the command was:
  $packages_typed"
}
