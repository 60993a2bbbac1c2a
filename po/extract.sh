#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Pouce authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: extract.sh XGETTEXT OUT.pot   from the root: all texts of the files in po/POTFILES
set -eu
grep -v '^#' po/POTFILES | "$1" --files-from=- --from-code=UTF-8 --language=C --output="$2" --no-location \
    --keyword=_ --keyword=N_ --keyword=C_:1c,2 --keyword=ngettext:1,2 --add-comments=Translators --package-name=pouce
