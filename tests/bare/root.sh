# shellcheck shell=sh
# A clean Debian root: made from this machine's own mirror, entered, left. Sourced by tests/bare/run.
# It has processes and mounts of its own and shares the network. All of its processes end with its
# first one ($keeper), its mounts with them: nothing has to be unmounted.
# shellcheck disable=SC2154 # run sets: here folder keyring

keeper='' holder='' root='' beside='' who=root home=/root why=''

# Prints the settings of apt that have to do with reaching the mirror here.
root_apt_settings() {
    apt-config dump | grep -E '^Acquire::(https?|Check-[A-Za-z-]+|Retries|ForceIPv[46])[: ]' || :
}

# Prints the mirror that this machine installs Debian from.
root_mirror() {
    # shellcheck disable=SC2016 # apt-get's own variable
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' \
        'Component: main' | head -n 1
}

# Can such roots be made here? Sets $why where they cannot.
root_possible() {
    if ! is_root; then
        why="only root can make a root"
    elif ! command -v apt-get >/dev/null; then
        why="there is no apt-get here to learn the mirror from"
    elif ! unshare --mount --pid --fork true 2>/dev/null; then
        why="mounts of one's own are not allowed here (CAP_SYS_ADMIN)"
    elif ! command -v mmdebstrap >/dev/null && ! (packages_install "${TEST_MAY_INSTALL:-yes}" mmdebstrap); then
        why="mmdebstrap is not here, and was not installed"
    elif ! [ -r "$keyring" ]; then
        why="there is no $keyring (debian-archive-keyring)"
    else
        [ -n "$(root_mirror)" ] || apt-get update >/dev/null 2>&1 || :
        mirror=$(root_mirror)
        [ -n "$mirror" ] || why="apt here knows no mirror of Debian"
    fi
    [ -z "$why" ]
}

# beside COMMAND...: beside the shell, which waits: so a trap fires at once.
beside() {
    "$@" </dev/null &
    beside=$!
    beside_status=0
    wait "$beside" || beside_status=$?
    beside=
    return "$beside_status"
}

# root_make SUITE: the archive of a new root, at most a week old. Sets $why where it cannot be had.
root_make() {
    archive=$folder/$1.tar
    [ -z "$(find "$archive" -mtime -7 2>/dev/null)" ] || return 0
    settings=$(mktemp)
    root_apt_settings >"$settings"
    with=
    case $mirror in
        https:*) with=--include=ca-certificates ;;
    esac
    log=$folder/$1.log
    # shellcheck disable=SC2086 # empty or one word
    if beside mmdebstrap --variant=minbase --keyring="$keyring" --aptopt="$settings" $with "$1" \
        "$folder/new.tar" "$mirror" >"$log" 2>&1; then
        mv "$folder/new.tar" "$archive"
    else
        why="the mirror of this machine does not give $1 ($(grep -m 1 '^E: ' "$log" || tail -n 1 "$log"))"
    fi
    rm -f "$settings" "$folder/new.tar"
    [ -z "$why" ]
}

# What the first process does before it waits for ever. In the end it buries what others leave.
# shellcheck disable=SC2016 # the inner shell's variables
keep='set -e
root=$1
mount -t proc proc "$root/proc"
mount --bind "$2" "$root/var/cache/apt/archives"
mount -t tmpfs -o mode=0755 dev "$root/dev"
mkdir "$root/dev/shm" "$root/dev/pts"
mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 pts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
for device in null zero full random urandom tty; do
    : >"$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
done
ln -s /proc/self/fd "$root/dev/fd"
ln -s fd/0 "$root/dev/stdin"
ln -s fd/1 "$root/dev/stdout"
ln -s fd/2 "$root/dev/stderr"
: >"$root/.entered"
exec chroot "$root" sh -c "while :; do sleep 86399; done"'

# root_enter SUITE: unpacks a new root and starts its first process. Packages once fetched are kept
# beside the archive: the second root need not fetch them again.
root_enter() {
    root=$folder/root
    rm -rf --one-file-system "$root"
    mkdir -p "$root" "$folder/packages-$1"
    why="the archive $folder/$1.tar cannot be unpacked"
    tar -C "$root" -xf "$folder/$1.tar" || return 1
    why=
    cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
    setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child \
        sh -c "$keep" sh "$root" "$folder/packages-$1" </dev/null >"$folder/keeper.log" 2>&1 &
    holder=$!
    until [ -e "$root/.entered" ]; do
        if ! is_alive "$holder"; then
            why="the root cannot be entered: $(tail -n 1 "$folder/keeper.log")"
            root_leave
            return 1
        fi
        sleep 0.05
    done
    rm "$root/.entered"
    # That file has no line's end.
    read -r keeper _ <"/proc/$holder/task/$holder/children" || [ -n "$keeper" ]
}

# Ends all of it. What stands in the root is given back.
root_leave() {
    [ -z "$keeper" ] || kill -KILL "$keeper" 2>/dev/null || :
    if [ -n "$holder" ]; then
        kill -KILL "$holder" 2>/dev/null || :
        wait "$holder" 2>/dev/null || :
    fi
    keeper='' holder=''
    [ -z "$root" ] || rm -rf --one-file-system "$root"
    root=
}

# inside COMMAND...: in the root as user $who, as after a login: no setting of the caller's gets
# there but the way to the network.
inside() {
    paths=/usr/local/bin:/usr/bin:/bin
    [ "$who" != root ] || paths=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
    # shellcheck disable=SC2046 # one word each: such an address holds no blank
    nsenter --target "$keeper" --mount --pid -- chroot "$root" /usr/bin/setpriv --reuid "$who" \
        --regid "$who" --init-groups /usr/bin/env -i HOME="$home" USER="$who" LOGNAME="$who" \
        PATH="$paths" TERM=dumb $(env | grep -E '^(https?_proxy|no_proxy|HTTPS?_PROXY|NO_PROXY)=' || :) "$@"
}

# Prints the processes in the root other than its first one and what that waits for.
root_processes() {
    space=$(readlink "/proc/$keeper/ns/pid")
    for process in /proc/[0-9]*; do
        [ "$(readlink "$process/ns/pid" 2>/dev/null)" = "$space" ] || continue
        [ "${process#/proc/}" != "$keeper" ] || continue
        command=$(tr '\0' ' ' 2>/dev/null <"$process/cmdline") || continue
        case $command in
            '' | 'sleep 86399 ') ;;
            *) printf '%s\n' "$command" ;;
        esac
    done
}

# Prints the files of the project as it is here, each ended by a NUL: with what is not committed
# yet, without what is ignored.
project_files() {
    git -c safe.directory='*' -C "$here" ls-files -z --cached --others --exclude-standard 2>/dev/null ||
        (cd "$here" && find . \( -name 'build*' -o -name '.data*' -o -name .git \) -prune -o -type f -print0)
}

# root_copy_project FOLDER: puts them into a folder of the root.
root_copy_project() {
    mkdir -p "$root$1"
    # shellcheck disable=SC2016 # the inner shell's variables
    (cd "$here" && project_files |
        xargs -0 sh -c 'for file; do [ ! -f "$file" ] || printf "%s\0" "$file"; done' sh |
        tar --null -T - -cf -) | tar -C "$root$1" --no-same-owner -xf -
}
