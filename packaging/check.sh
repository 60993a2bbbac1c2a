#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Pouce authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: packaging/check.sh [--no-install]
# Installs what is missing, then does all that a submission must pass: lint, types, every test under
# ASan and UBSan, and the end-to-end tests again on the release build. Ends with a line of totals.
set -eu
cd "$(dirname "$0")/.."
root=$PWD

case "${1:-}" in
"") packaging/install.sh build run test ;;
--no-install) ;;
*)
    echo "usage: packaging/check.sh [--no-install]" >&2
    exit 2
    ;;
esac

export ASAN_OPTIONS="abort_on_error=0"
export LSAN_OPTIONS="suppressions=$root/tests/support/lsan.supp:print_suppressions=0"
export UBSAN_OPTIONS="print_stacktrace=1"
export CTEST_OUTPUT_ON_FAILURE=1 NO_AT_BRIDGE=0
jobs=$(nproc)
passed=0
failed=0
again=
began=$SECONDS

step() {
    printf '\n== %s (%d s so far)\n' "$1" $((SECONDS - began))
}

# Runs ctest with the arguments after the build folder and adds its outcome to the totals. Real servers,
# browsers and networks on a busy machine fail once in a while: what fails is tried again, twice at most,
# its first output stays in sight, and the end of the report names what needed it.
tests() {
    local folder=$1 report="$1/check.xml" output="$1/check.txt"
    shift
    rm -f "$report"
    (cd "$folder" && ctest -j "$jobs" --repeat until-pass:3 --output-junit check.xml "$@") | tee "$output" || true
    [ -s "$report" ] || {
        echo "No test report in $folder" >&2
        failed=$((failed + 1))
        return
    }
    passed=$((passed + $(grep -c '<testcase .*status="run"' "$report" || true)))
    failed=$((failed + $(grep -c '<testcase .*status="\(fail\|notrun\)"' "$report" || true)))
    local name
    for name in $(sed -n 's/.*Test *#[0-9]*: \([^ ]*\) .*\*\*\*.*/\1/p' "$output" | sort -u); do
        if grep -q "<testcase name=\"$name\".*status=\"run\"" "$report"; then
            again="$again $name"
        fi
    done
}

build() {
    cmake --preset "$1" >/dev/null
    cmake --build --preset "$1" -- -j "$jobs"
}

step "Types of the browser side"
npx tsc --noEmit -p .

step "Build with ASan and UBSan"
build asan

step "All tests under ASan and UBSan"
tests build/asan

step "Build the release"
build release

# With them those that no sanitizer can see, and that the first run left out for that reason. Faults
# are injected once, and the broker by itself is tested once: minutes that say nothing more about
# another build.
step "End-to-end tests on the release"
tests build/release -L 'e2e|release' -E 'e2e/(faults|broker)'

step "The demonstration, unattended"
if packaging/demo.sh --smoke --no-install; then
    passed=$((passed + 1))
else
    failed=$((failed + 1))
fi

[ -z "$again" ] || printf '\nPassed only when tried again:%s\n' "$again"
printf '\ncheck: %d s\n%d passed, %d failed\n' $((SECONDS - began)) "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
