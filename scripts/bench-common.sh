#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the benchmarks share. Sourced from the project's directory; it builds $bootmend as it is
# shipped, unless BOOTMEND names one.
#
#	cost COMMAND...		microseconds it took, its output thrown away
#	median			of the numbers on standard input
# RUNS: how often each is measured (9)
# shellcheck disable=SC2034 # runs of those that source it
runs=${RUNS:-9}
bootmend=${BOOTMEND:-}
if [ -z "$bootmend" ]; then
	cmake -S . -B build/bench -DCMAKE_BUILD_TYPE=Release -DBOOTMEND_TESTS=OFF >/dev/null
	cmake --build build/bench --parallel "$(nproc)" >/dev/null
	bootmend=build/bench/bootmend
fi

cost() {
	local began
	began=$(date +%s%N)
	"$@" >/dev/null 2>&1 || true
	echo $((($(date +%s%N) - began) / 1000))
}

median() {
	sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}
