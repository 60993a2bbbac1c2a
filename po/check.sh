#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Pouce authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# From the root: every text of the window stands in po/POTFILES and is translated into every language.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for file in $(grep -lE '\b(_|N_|C_|ngettext)\(' agent/ui/*.c look/*.c viewer/ui/*.c); do
    grep -qx "$file" po/POTFILES || { echo "$file is missing in po/POTFILES"; exit 1; }
done
sh po/extract.sh xgettext "$folder/pouce.pot"
for catalog in po/*.po; do
    msgcmp --use-untranslated "$catalog" "$folder/pouce.pot" # every text is known
    msgattrib --untranslated --fuzzy --no-obsolete "$catalog" -o "$folder/left.po"
    [ ! -s "$folder/left.po" ] || { echo "$catalog leaves texts untranslated:"; cat "$folder/left.po"; exit 1; }
    msgfmt --check-format --check-accelerators=_ --statistics -o /dev/null "$catalog"
done
