// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "broker/store/people.h"

void pouce_account_row_free(PouceAccountRow *row)
{
    if (!row) {
        return;
    }
    g_free(row->id);
    g_free(row->login);
    g_free(row->name);
    g_free(row->locale);
    g_clear_pointer(&row->salt, g_bytes_unref);
    g_clear_pointer(&row->password, g_bytes_unref);
    g_free(row);
}

void pouce_device_row_free(PouceDeviceRow *row)
{
    if (!row) {
        return;
    }
    g_free(row->id);
    g_free(row->account);
    g_free(row->name);
    g_free(row->kind);
    g_clear_pointer(&row->public_key, g_bytes_unref);
    g_free(row);
}

gboolean pouce_accounts_insert(PouceDb *db, const PouceAccountRow *row, GError **error)
{
    return pouce_db_exec(db, error,
        "INSERT INTO accounts (id, login, name, locale, salt, password, scrypt_n, scrypt_r, "
        "scrypt_p, created_s) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        "ttttbbiiii", row->id, row->login, row->name, row->locale, row->salt, row->password,
        row->scrypt_n, row->scrypt_r, row->scrypt_p, row->created_s);
}

static PouceAccountRow *take_account(PouceDbRows *rows, GError **error)
{
    if (!rows || pouce_db_next(rows, error) != POUCE_DB_ROW) {
        return NULL;
    }
    PouceAccountRow *row = g_new0(PouceAccountRow, 1);

    row->id = g_strdup(pouce_db_text(rows, 0));
    row->login = g_strdup(pouce_db_text(rows, 1));
    row->name = g_strdup(pouce_db_text(rows, 2));
    row->locale = g_strdup(pouce_db_text(rows, 3));
    row->salt = pouce_db_blob(rows, 4);
    row->password = pouce_db_blob(rows, 5);
    row->scrypt_n = pouce_db_int(rows, 6);
    row->scrypt_r = pouce_db_int(rows, 7);
    row->scrypt_p = pouce_db_int(rows, 8);
    row->created_s = pouce_db_int(rows, 9);
    return row;
}

#define ACCOUNT_COLUMNS                                                                            \
    "SELECT id, login, name, locale, salt, password, scrypt_n, scrypt_r, scrypt_p, created_s "     \
    "FROM accounts "

PouceAccountRow *pouce_accounts_find(PouceDb *db, const char *id, GError **error)
{
    g_autoptr(PouceDbRows) rows =
        pouce_db_query(db, error, ACCOUNT_COLUMNS "WHERE id = $1", "t", id);

    return take_account(rows, error);
}

PouceAccountRow *pouce_accounts_find_login(PouceDb *db, const char *login, GError **error)
{
    g_autoptr(PouceDbRows) rows =
        pouce_db_query(db, error, ACCOUNT_COLUMNS "WHERE login = $1", "t", login);

    return take_account(rows, error);
}

gint64 pouce_accounts_count(PouceDb *db, GError **error)
{
    g_autoptr(PouceDbRows) rows = pouce_db_query(db, error, "SELECT COUNT(*) FROM accounts", "");

    if (!rows || pouce_db_next(rows, error) != POUCE_DB_ROW) {
        return -1;
    }
    return pouce_db_int(rows, 0);
}

gboolean pouce_devices_enrol(PouceDb *db, const PouceDeviceRow *row, char **out_id, GError **error)
{
    // One statement: the name and kind follow the last log-in, key and owner never change.
    g_autoptr(PouceDbRows) rows = pouce_db_query(db, error,
        "INSERT INTO devices (id, account, name, kind, public_key, created_s) "
        "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (public_key) DO UPDATE SET "
        "name = excluded.name, kind = excluded.kind WHERE devices.account = excluded.account "
        "RETURNING id",
        "ttttbi", row->id, row->account, row->name, row->kind, row->public_key, row->created_s);
    PouceDbStep step = rows ? pouce_db_next(rows, error) : POUCE_DB_FAILED;

    if (step == POUCE_DB_END) {
        g_set_error_literal(error, POUCE_DB_ERROR, POUCE_DB_ERROR_CONFLICT,
            "This device's key belongs to another account: make a new key.");
    }
    if (step != POUCE_DB_ROW) {
        return FALSE;
    }
    *out_id = g_strdup(pouce_db_text(rows, 0));
    return TRUE;
}

PouceDeviceRow *pouce_devices_find(PouceDb *db, const char *id, GError **error)
{
    g_autoptr(PouceDbRows) rows = pouce_db_query(db, error,
        "SELECT id, account, name, kind, public_key, created_s FROM devices WHERE id = $1", "t",
        id);

    if (!rows || pouce_db_next(rows, error) != POUCE_DB_ROW) {
        return NULL;
    }
    PouceDeviceRow *row = g_new0(PouceDeviceRow, 1);

    row->id = g_strdup(pouce_db_text(rows, 0));
    row->account = g_strdup(pouce_db_text(rows, 1));
    row->name = g_strdup(pouce_db_text(rows, 2));
    row->kind = g_strdup(pouce_db_text(rows, 3));
    row->public_key = pouce_db_blob(rows, 4);
    row->created_s = pouce_db_int(rows, 5);
    return row;
}

gboolean pouce_tokens_insert(PouceDb *db, GBytes *hash, const char *account, const char *device,
    gint64 created_s, gint64 expires_s, GError **error)
{
    g_assert(g_bytes_get_size(hash) == POUCE_TOKEN_HASH_BYTES);
    return pouce_db_exec(db, error,
        "INSERT INTO tokens (hash, account, device, created_s, expires_s) "
        "VALUES ($1, $2, $3, $4, $5)",
        "bttii", hash, account, device, created_s, expires_s);
}

gboolean pouce_tokens_find(
    PouceDb *db, GBytes *hash, gint64 now_s, char **out_account, char **out_device, GError **error)
{
    g_autoptr(PouceDbRows) rows = pouce_db_query(db, error,
        "SELECT account, device FROM tokens WHERE hash = $1 AND expires_s > $2", "bi", hash, now_s);

    if (!rows || pouce_db_next(rows, error) != POUCE_DB_ROW) {
        return FALSE;
    }
    *out_account = g_strdup(pouce_db_text(rows, 0));
    *out_device = g_strdup(pouce_db_text(rows, 1));
    return TRUE;
}

gboolean pouce_tokens_delete(PouceDb *db, GBytes *hash, GError **error)
{
    return pouce_db_exec(db, error, "DELETE FROM tokens WHERE hash = $1", "b", hash);
}

gboolean pouce_tokens_purge(PouceDb *db, gint64 now_s, GError **error)
{
    return pouce_db_exec(db, error, "DELETE FROM tokens WHERE expires_s <= $1", "i", now_s);
}
