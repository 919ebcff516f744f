#!/bin/bash
# Make a Windows Python 3.12 that runs here, on Linux, under Wine.
#
#     tests/windows/set_up.sh [DIR]       DIR: ~/.cache/pynetlab-windows if none is given
#
# Says on stderr what it does, one line per step. The only line on stdout is the path of DIR/python,
# which runs the Windows Python with the arguments it is given. If there is none to be had, the last
# line on stderr says why, and the exit status is 1. A second call only looks and returns.

set -u
START=$(date +%s%N)

# The embeddable CPython 3.12.0 for Windows, as the Python Software Foundation built and signed it,
# is inside a wheel of this name. The hash keeps it the same for ever.
WHEEL=QEnvPython312
WHEEL_VERSION=3.12.0
WHEEL_SHA256=4cc840cf01084a52ba04ceed5fffcc711e1999e8119763029fb922c9ec6a1128
INSIDE=QPT_SDK/QEnvPython/python312/
KEEP_AWAKE=120 # seconds that Wine stays up after the last start

say() { printf 'windows: %s\n' "$*" >&2; }
die() {
    say "no Windows Python: $*"
    exit 1
}

find_wine() { # WINE and SERVER: the programs; their package puts them on no PATH
    SERVER=/usr/lib/wine/wineserver64
    WINE=/usr/lib/wine/wine64
    [ -x "$WINE" ] && [ -x "$SERVER" ] && return
    WINE=$(command -v wine64 || command -v wine) && SERVER=$(command -v wineserver)
}

find_stamp() { # STAMP: what DIR is made from; a new Wine or a change in this script changes it
    STAMP="$(sha256sum <"$0") $(stat -L -c '%n %s %Y' "$WINE" "$SERVER" 2>/dev/null)"
}

is_ready() {
    find_wine && find_stamp && [ -x "$DIR/python" ] &&
        [ "$(cat "$DIR/ready" 2>/dev/null)" = "$STAMP" ]
}

install_wine() {
    find_wine && return
    command -v apt-get >/dev/null || die "Wine is not installed, and there is no apt-get here"
    [ "$(id -u)" = 0 ] || die "Wine is not installed; an administrator can: apt-get install wine64"
    say "apt-get install wine64, 101 to 105 MB to fetch, 700 MB on the disk"
    export DEBIAN_FRONTEND=noninteractive
    local get=(apt-get -q -y -o DPkg::Lock::Timeout=300)
    "${get[@]}" install --no-install-recommends wine64 >"$DIR/apt.log" 2>&1 ||
        { "${get[@]}" update && "${get[@]}" install --no-install-recommends wine64; } \
            >>"$DIR/apt.log" 2>&1 || die "apt-get install wine64 failed, see $DIR/apt.log"
    find_wine || die "wine64 is installed, but its programs are not where they are expected"
}

fetch_python() { # DIR/cpython: python.exe, its dll and .pyd files, python312.zip: the library
    say "pip download $WHEEL $WHEEL_VERSION, 19 MB: CPython $WHEEL_VERSION for Windows"
    rm -rf "$DIR/wheel" "$DIR/cpython"
    mkdir "$DIR/wheel" "$DIR/cpython"
    echo "$WHEEL==$WHEEL_VERSION --hash=sha256:$WHEEL_SHA256" >"$DIR/wheel/only.txt"
    python3 -m pip download -q --no-deps --only-binary=:all: --require-hashes \
        -d "$DIR/wheel" -r "$DIR/wheel/only.txt" >"$DIR/pip.log" 2>&1 ||
        die "pip download $WHEEL==$WHEEL_VERSION failed, see $DIR/pip.log"
    # Only the files of that folder itself. Its Lib/ holds pip and setuptools, which nobody needs
    # here, and with its ._pth file Python would not look beside a script for the script's modules.
    python3 - "$DIR/wheel" "$DIR/cpython" "$INSIDE" <<'PYTHON' || die "the wheel is not as expected"
import pathlib, sys, zipfile

wheel, target, inside = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
with zipfile.ZipFile(next(wheel.glob("*.whl"))) as archive:
    for path in archive.namelist():
        name = path.removeprefix(inside)
        if path != name and name and "/" not in name and not name.endswith("._pth"):
            (target / name).write_bytes(archive.read(path))
PYTHON
    rm -rf "$DIR/wheel"
    # Wine's console reads nothing from the terminal, and leaves it echoing, until somebody has
    # waited for input once. On Windows this changes nothing. Python runs it before every program.
    cat >"$DIR/cpython/sitecustomize.py" <<'PYTHON'
import _winapi

try:
    _winapi.WaitForSingleObject(_winapi.GetStdHandle(_winapi.STD_INPUT_HANDLE), 0)
except (OSError, TypeError):  # standard input is closed, or cannot be waited for
    pass
PYTHON
}

fetch_packages() { # DIR/packages: what the grader needs, as pip would install it on Windows
    say "pip install, 5 MB: what the grader needs, built for Windows"
    rm -rf "$DIR/packages"
    python3 -m pip install -q --no-compile --target "$DIR/packages" --platform win_amd64 \
        --python-version 3.12 --only-binary=:all: pytest rich pyte psutil colorama \
        >>"$DIR/pip.log" 2>&1 || die "pip install for Windows failed, see $DIR/pip.log"
}

write_wrapper() {
    cat >"$DIR/python" <<WRAPPER
#!/bin/bash
# Run the Windows Python under Wine. Written by tests/windows/set_up.sh.
here=$(printf %q "$DIR")
wine=$(printf %q "$WINE")
export WINESERVER=$(printf %q "$SERVER") WINEPREFIX="\$here/prefix" WINEARCH=win64 WINEDEBUG=-all
keep_awake=$KEEP_AWAKE
WRAPPER
    cat >>"$DIR/python" <<'WRAPPER'
export WINEDLLOVERRIDES='mscoree,mshtml=;winemenubuilder.exe=' LC_ALL=C.UTF-8
unset DISPLAY WAYLAND_DISPLAY PYTHONHOME

# Wine's own processes start with the first Windows program and end soon after the last one. They
# would slow that program down, and inherit its stderr and hold it open; and the first key typed in
# a console waits ten seconds or so for a desktop. So a program that asks for the desktop and then
# only sleeps comes first; it ends when nobody has started anything for a while.
echo >"$here/used"
if flock -n "$here/awake.lock" rm -f "$here/awake"; then
    (cd / && exec setsid flock -n -o "$here/awake.lock" \
        "$wine" "$here/cpython/python.exe" -I -S -c '
import ctypes, os, sys, time
used, awake, seconds = sys.argv[1:]
ctypes.WinDLL("user32").GetDesktopWindow()
open(awake, "w").close()
while time.time() - os.stat(used).st_mtime < float(seconds):
    time.sleep(2)
' "Z:$here/used" "Z:$here/awake" "$keep_awake") </dev/null >/dev/null 2>&1 &
fi
for _ in {1..200}; do # also if somebody else has just started it
    [ -e "$here/awake" ] && break
    sleep 0.05
done

# The Windows Python does not start under Wine if a standard handle is a file; a pipe will do.
[ -f /dev/stdin ] && exec < <(exec cat)
[ -f /dev/stdout ] && exec > >(exec cat)
[ -f /dev/stderr ] && exec 2> >(exec cat >&2)
exec "$wine" "$here/cpython/python.exe" "$@"
WRAPPER
    chmod +x "$DIR/python"
}

make_prefix() { # DIR/prefix: what is the disk C: and the registry for the programs
    say "a Windows folder in $DIR/prefix, 700 MB"
    export WINESERVER=$SERVER WINEPREFIX="$DIR/prefix" WINEARCH=win64 WINEDEBUG=-all LC_ALL=C.UTF-8
    export WINEDLLOVERRIDES='mscoree,mshtml=;winemenubuilder.exe='
    unset DISPLAY WAYLAND_DISPLAY
    [ -d "$DIR/prefix" ] && "$SERVER" -k >/dev/null 2>&1
    rm -rf "$DIR/prefix"
    timeout 180 "$WINE" wineboot -i </dev/null >"$DIR/wine.log" 2>&1 ||
        die "wineboot failed, see $DIR/wine.log"
}

main() {
    DIR=$(realpath -m -- "${1:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/pynetlab-windows}")
    if ! is_ready; then
        [ "$(uname -sm)" = "Linux x86_64" ] || die "this needs Linux on x86_64"
        python3 -m pip --version >/dev/null 2>&1 || die "python3 with pip is needed"
        mkdir -p "$DIR" 2>/dev/null
        [ -w "$DIR" ] || die "cannot write to $DIR"
        exec 9>"$DIR/set_up.lock"
        flock -w 600 9 || die "another set_up.sh has been at work in $DIR for ten minutes"
    fi
    if ! is_ready; then # still not: nobody else made it meanwhile
        rm -f "$DIR/ready"
        install_wine
        find_stamp
        fetch_python
        fetch_packages
        make_prefix 9>&-
        write_wrapper
        local said
        local test='import socket, select, msvcrt, sys; print(sys.version, sys.platform)'
        said=$(timeout 120 "$DIR/python" -c "$test" 9>&- 2>"$DIR/test.log")
        case $said in
            3.12.*win32*) say "it says: ${said%$'\r'}" ;;
            *) die "it was built but does not run, see $DIR/test.log" ;;
        esac
        echo "$STAMP" >"$DIR/ready"
    fi
    say "ready after $((($(date +%s%N) - START) / 1000000)) ms"
    echo "$DIR/python"
}

main "$@"
