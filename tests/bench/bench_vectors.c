// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/bench/bench_vectors.h"

#include "codec/video/screen/tables.h"
#include "codec/video/screen/vectors.h"

#include <string.h>

#define TAG_BYTES 3
#define KEY_TAG_BYTES 10

/** The bool decoder of RFC 6386, section 7: bit by bit, and zeros after the end. */
typedef struct {
    const guint8 *at, *end;
    guint32 value, range;
    int shifted; // of the lower byte of value
} Reader;

/** What outlasts a frame. */
typedef struct {
    guint8 y[4], uv[3];
    ScreenVectorProbs vectors;
} Probs;

/** What the header of a frame says about its records. */
typedef struct {
    gboolean send_map, can_skip;
    int map_probs[3], prob_skip, prob_intra, prob_last, prob_golden;
    gboolean probs_stay;
} Records;

struct BenchVectors {
    int columns, rows, width_px, height_px;
    ScreenMacroblock *macroblocks; // rows of columns + 1, with a border above and to the left
    Probs probs;
    Reader reader;
    gboolean biased;
};

BenchVectors *bench_vectors_new(int width_px, int height_px)
{
    BenchVectors *vectors = g_new0(BenchVectors, 1);
    vectors->width_px = width_px;
    vectors->height_px = height_px;
    vectors->columns = (width_px + 15) / 16;
    vectors->rows = (height_px + 15) / 16;
    vectors->macroblocks =
        g_new0(ScreenMacroblock, (gsize)(vectors->columns + 1) * (vectors->rows + 1) + 1);
    return vectors;
}

void bench_vectors_free(BenchVectors *vectors)
{
    if (!vectors)
        return;
    g_free(vectors->macroblocks);
    g_free(vectors);
}

static ScreenMacroblock *at(const BenchVectors *vectors, int x, int y)
{
    return vectors->macroblocks + (gsize)(y + 1) * (vectors->columns + 1) + x + 1;
}

static int next_byte(Reader *reader)
{
    return reader->at < reader->end ? *reader->at++ : 0;
}

static void reader_init(Reader *reader, const guint8 *data, gsize bytes)
{
    *reader = (Reader){.at = data, .end = data + bytes, .range = 255};
    reader->value = (guint32)next_byte(reader) << 8;
    reader->value |= (guint32)next_byte(reader);
}

static gboolean bit(Reader *reader, int prob)
{
    guint32 split = 1 + (((reader->range - 1) * (guint32)prob) >> 8);
    gboolean one = reader->value >= split << 8;
    reader->value -= one ? split << 8 : 0;
    reader->range = one ? reader->range - split : split;
    for (; reader->range < 128; reader->range <<= 1) {
        reader->value <<= 1;
        if (++reader->shifted == 8) {
            reader->shifted = 0;
            reader->value |= (guint32)next_byte(reader);
        }
    }
    return one;
}

static int literal(Reader *reader, int count)
{
    int value = 0;
    while (count-- > 0)
        value = value << 1 | bit(reader, 128);
    return value;
}

/** A value that is there only if a flag says so; with a sign where @is_signed. */
static int optional(Reader *reader, int count, gboolean is_signed, int otherwise)
{
    if (!bit(reader, 128))
        return otherwise;
    int value = literal(reader, count);
    return is_signed && bit(reader, 128) ? -value : value;
}

static void read_segments(Reader *reader, Records *records)
{
    if (!bit(reader, 128))
        return;
    records->send_map = bit(reader, 128);
    if (bit(reader, 128)) {
        bit(reader, 128);
        for (int i = 0; i < 8; i++)
            optional(reader, i < 4 ? 7 : 6, TRUE, 0);
    }
    for (int i = 0; records->send_map && i < 3; i++)
        records->map_probs[i] = optional(reader, 8, FALSE, 255);
}

static void read_filter(Reader *reader)
{
    literal(reader, 1 + 6 + 3);
    if (bit(reader, 128) && bit(reader, 128))
        for (int i = 0; i < 8; i++)
            optional(reader, 6, TRUE, 0);
}

static void read_references(BenchVectors *vectors)
{
    Reader *reader = &vectors->reader;
    gboolean golden = bit(reader, 128), altref = bit(reader, 128);
    literal(reader, (golden ? 0 : 2) + (altref ? 0 : 2));
    vectors->biased = literal(reader, 2) != 0;
}

static void read_tree_probs(Reader *reader, guint8 *probs, int count)
{
    if (bit(reader, 128))
        for (int i = 0; i < count; i++)
            probs[i] = (guint8)literal(reader, 8);
}

static Records read_header(BenchVectors *vectors, gboolean key)
{
    Reader *reader = &vectors->reader;
    Records records = {0};
    if (key)
        literal(reader, 2);
    read_segments(reader, &records);
    read_filter(reader);
    literal(reader, 2 + 7);
    for (int i = 0; i < 5; i++)
        optional(reader, 4, TRUE, 0);
    if (!key)
        read_references(vectors);
    records.probs_stay = bit(reader, 128);
    if (!key)
        bit(reader, 128);
    const guint8 *update = &screen_coefficient_update_probs[0][0][0][0];
    for (gsize i = 0; i < sizeof screen_coefficient_update_probs; i++)
        if (bit(reader, update[i]))
            literal(reader, 8);
    records.can_skip = bit(reader, 128);
    if (records.can_skip)
        records.prob_skip = literal(reader, 8);
    if (key)
        return records;
    records.prob_intra = literal(reader, 8);
    records.prob_last = literal(reader, 8);
    records.prob_golden = literal(reader, 8);
    return records;
}

static void read_mode_probs(BenchVectors *vectors)
{
    Reader *reader = &vectors->reader;
    read_tree_probs(reader, vectors->probs.y, 4);
    read_tree_probs(reader, vectors->probs.uv, 3);
    for (int i = 0; i < 2; i++)
        for (int k = 0; k < SCREEN_VECTOR_NODES; k++)
            if (bit(reader, screen_vector_update_probs[i][k])) {
                int sent = literal(reader, 7);
                vectors->probs.vectors[i][k] = (guint8)(sent ? sent * 2 : 1);
            }
}

// RFC 6386, 17.1; the nodes lie as in codec/video/screen/vectors.c.
static int read_component(Reader *reader, const guint8 *probs)
{
    int value = 0;
    if (bit(reader, probs[0])) {
        for (int i = 0; i < 3; i++)
            value |= bit(reader, probs[9 + i]) << i;
        for (int i = 9; i > 3; i--)
            value |= bit(reader, probs[9 + i]) << i;
        if (value < 16 || bit(reader, probs[9 + 3]))
            value |= 8;
    } else {
        int high = bit(reader, probs[2]), middle = bit(reader, probs[high ? 6 : 3]);
        value = high << 2 | middle << 1 | bit(reader, probs[(high ? 7 : 4) + middle]);
    }
    return value && bit(reader, probs[1]) ? -value : value;
}

static ScreenVector read_vector(BenchVectors *vectors, ScreenVector best)
{
    int row = best.row + read_component(&vectors->reader, vectors->probs.vectors[0]);
    int column = best.column + read_component(&vectors->reader, vectors->probs.vectors[1]);
    return (ScreenVector){.row = (gint16)row, .column = (gint16)column};
}

/** Which part of the macroblock each of its blocks is in, by the grouping as it is written. */
static const guint8 groupings[4][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 2, 2, 3, 3},
    {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1},
    {0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1},
};

static const guint8 *read_grouping(Reader *reader)
{
    static const guint8 probs[3] = {110, 111, 150};
    int which = 0;
    while (which < 3 && bit(reader, probs[which]))
        which++;
    return groupings[which];
}

static ScreenVector vector_of(const ScreenMacroblock *macroblock, int block)
{
    return macroblock->mode == SCREEN_MODE_SPLIT ? macroblock->vectors[block] : macroblock->vector;
}

// RFC 6386, 16.3: how the vector of a part is told, by those to the left and above.
static ScreenVector read_part(
    BenchVectors *vectors, ScreenVector left, ScreenVector above, ScreenVector best)
{
    static const guint8 probs[5][3] = {
        {147, 136, 18}, {106, 145, 1}, {179, 121, 1}, {223, 1, 34}, {208, 1, 1}};
    gboolean same = screen_vector_equal(left, above);
    gboolean zero_above = screen_vector_is_zero(above), zero_left = screen_vector_is_zero(left);
    const guint8 *p = probs[same ? (zero_above ? 4 : 3) : zero_above ? 2 : zero_left];
    if (!bit(&vectors->reader, p[0]))
        return left;
    if (!bit(&vectors->reader, p[1]))
        return above;
    if (!bit(&vectors->reader, p[2]))
        return (ScreenVector){0};
    return read_vector(vectors, best);
}

static void read_split(BenchVectors *vectors, ScreenMacroblock *here, ScreenVector best)
{
    const guint8 *grouping = read_grouping(&vectors->reader);
    const ScreenMacroblock *above = here - vectors->columns - 1, *left = here - 1;
    for (int part = 0, block = 0; block < 16; block++) {
        if (grouping[block] != part) // known, or its turn has not come
            continue;
        ScreenVector beside = block % 4 ? here->vectors[block - 1] : vector_of(left, block + 3);
        ScreenVector over = block > 3 ? here->vectors[block - 4] : vector_of(above, block + 12);
        ScreenVector vector = read_part(vectors, beside, over, best);
        for (int i = block; i < 16; i++)
            if (grouping[i] == part)
                here->vectors[i] = vector;
        part++;
        block = -1;
    }
    here->vector = here->vectors[15];
}

static void read_intra(BenchVectors *vectors, ScreenMacroblock *here)
{
    static const gint8 tree[18] = {-SCREEN_BLOCK_DC, 2, -SCREEN_BLOCK_TM, 4, -SCREEN_BLOCK_VE, 6, 8,
        12, -SCREEN_BLOCK_HE, 10, -SCREEN_BLOCK_RD, -SCREEN_BLOCK_VR, -SCREEN_BLOCK_LD, 14,
        -SCREEN_BLOCK_VL, 16, -SCREEN_BLOCK_HD, -SCREEN_BLOCK_HU};
    Reader *reader = &vectors->reader;
    const guint8 *y = vectors->probs.y, *uv = vectors->probs.uv;
    gboolean blocks = FALSE;
    if (bit(reader, y[0])) {
        if (!bit(reader, y[1]))
            bit(reader, y[2]);
        else
            blocks = bit(reader, y[3]);
    }
    for (int i = 0; blocks && i < 16; i++) {
        int node = 0;
        do
            node = tree[node + bit(reader, screen_block_mode_probs[node / 2])];
        while (node > 0);
    }
    if (bit(reader, uv[0]) && bit(reader, uv[1]))
        bit(reader, uv[2]);
    here->ref = SCREEN_REF_INTRA;
}

static void read_inter(BenchVectors *vectors, ScreenMacroblock *here, int x, int y)
{
    Reader *reader = &vectors->reader;
    ScreenPlace place = {x, y, vectors->columns, vectors->rows, vectors->columns + 1};
    ScreenSurvey survey;
    screen_vectors_survey(&survey, here, &place);
    int mode = 0;
    while (mode < 4 && bit(reader, survey.probs[mode]))
        mode++;
    static const guint8 modes[5] = {SCREEN_MODE_ZERO, SCREEN_MODE_NEAREST, SCREEN_MODE_NEAR,
        SCREEN_MODE_NEW, SCREEN_MODE_SPLIT};
    here->mode = modes[mode];
    if (here->mode == SCREEN_MODE_NEAREST)
        here->vector = survey.nearest;
    else if (here->mode == SCREEN_MODE_NEAR)
        here->vector = survey.near;
    else if (here->mode == SCREEN_MODE_NEW)
        here->vector = read_vector(vectors, survey.best);
    else if (here->mode == SCREEN_MODE_SPLIT)
        read_split(vectors, here, survey.best);
}

static void read_record(BenchVectors *vectors, const Records *records, int x, int y)
{
    Reader *reader = &vectors->reader;
    ScreenMacroblock *here = at(vectors, x, y);
    here->mode = SCREEN_MODE_DC;
    here->vector = (ScreenVector){0};
    if (records->send_map)
        bit(reader, records->map_probs[bit(reader, records->map_probs[0]) ? 2 : 1]);
    if (records->can_skip)
        bit(reader, records->prob_skip);
    if (!bit(reader, records->prob_intra)) {
        read_intra(vectors, here);
        return;
    }
    here->ref = SCREEN_REF_LAST;
    if (bit(reader, records->prob_last))
        here->ref = bit(reader, records->prob_golden) ? SCREEN_REF_ALTREF : SCREEN_REF_GOLDEN;
    read_inter(vectors, here, x, y);
}

static gboolean begin_key(BenchVectors *vectors, const guint8 *data, gsize bytes)
{
    static const Probs defaults = {.y = {112, 86, 140, 37}, .uv = {162, 101, 204}};
    if (bytes < KEY_TAG_BYTES || (data[6] | (data[7] & 0x3f) << 8) != vectors->width_px ||
        (data[8] | (data[9] & 0x3f) << 8) != vectors->height_px)
        return FALSE;
    vectors->probs = defaults;
    memcpy(vectors->probs.vectors, screen_vector_defaults, sizeof screen_vector_defaults);
    vectors->biased = FALSE;
    for (int y = 0; y < vectors->rows; y++)
        for (int x = 0; x < vectors->columns; x++)
            *at(vectors, x, y) = (ScreenMacroblock){0};
    return TRUE;
}

gboolean bench_vectors_read(BenchVectors *vectors, const guint8 *data, gsize bytes)
{
    gboolean key = bytes > 0 && !(data[0] & 1);
    gsize tag = key ? KEY_TAG_BYTES : TAG_BYTES;
    if (bytes < tag || (key && !begin_key(vectors, data, bytes)))
        return FALSE;
    gsize first = (data[0] | data[1] << 8 | data[2] << 16) >> 5;
    reader_init(&vectors->reader, data + tag, MIN(first, bytes - tag));
    Probs before = vectors->probs;
    Records records = read_header(vectors, key);
    if (vectors->biased)
        return FALSE;
    if (key) // all is intra
        return TRUE;
    read_mode_probs(vectors);
    for (int y = 0; y < vectors->rows; y++)
        for (int x = 0; x < vectors->columns; x++)
            read_record(vectors, &records, x, y);
    if (!records.probs_stay)
        vectors->probs = before;
    return TRUE;
}

gboolean bench_vectors_has(const BenchVectors *vectors, int x, int y, ScreenVector vector)
{
    const ScreenMacroblock *here = at(vectors, x, y);
    if (here->ref == SCREEN_REF_INTRA)
        return FALSE;
    if (here->mode != SCREEN_MODE_SPLIT)
        return screen_vector_equal(here->vector, vector);
    for (int i = 0; i < 16; i++)
        if (screen_vector_equal(here->vectors[i], vector))
            return TRUE;
    return FALSE;
}
