// What the tasks of the chaos suite run. It prints numbered lines on both streams, each a function of (key, voice, stream, number) alone, so that whoever reads them
// knows every byte without being told; says in a mapped page how far it got; and notes its start in a file, so that a start that happened twice is seen.
//
//   worker DIR TOKEN LIFE KEY OUT ERR RHYTHM END CODE TERM DAEMON POOL INPUT
//
//   OUT, ERR   lines to print on each stream          END     exit or signal, with CODE
//   RHYTHM     burst, single, pieces, long, silent    TERM    default, ignore or catch: what SIGTERM does
//   DAEMON     lines that a double-forked child prints; 0: there is none
//   POOL       how many may run at once: each holds a lock in DIR/places, and who finds none says so in DIR/crowded; 0: any number
//   INPUT      1: after its first line it copies standard input to DIR/inputs, and goes on at the end of it; 0: it reads nothing
//
// When it is started again under the same life, by a retry policy or out of a queue, it counts the processes there were before: its label is then LIFE.COUNT, and its lines are others.
//
// The content must stay in step with Workers/WorkerLines.cs.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_LINE = 256 * 1024, CAUGHT = 77 };

struct page {
    uint64_t bytes[4]; // main stdout, main stderr, daemon stdout, daemon stderr
    uint64_t main_pid, main_ended, daemon_pid, daemon_ended;
};

struct stream {
    int voice, number; // 0: main, 1: daemon; 0: stdout, 1: stderr
    uint64_t next, last;
    char *buffer;
    size_t at, length;
};

static const char *directory, *token, *rhythm;
static char life[64];
static uint64_t key, state;
static volatile struct page *page;

static uint64_t mix(uint64_t x) {
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

static uint64_t chance(uint64_t below) { return (state = mix(state)) % below; }

static void fail(const char *what) {
    dprintf(2, "worker %s %s: %s: %s\n", token, life, what, strerror(errno));
    _exit(99);
}

static size_t make_line(char *to, int voice, int stream, uint64_t number) {
    uint64_t seed = mix(key ^ mix(number * 4 + (uint64_t)(voice * 2 + stream)));
    uint64_t r = mix(seed), kind = r % 1000, more = r >> 10;
    size_t filler = kind < 20 ? 200 + more % 3000 : more % 100;
    if (!strcmp(rhythm, "long") && voice == 0 && kind < 6)
        filler = 65536 + more % 140000;
    size_t length = (size_t)sprintf(to, "%s %s %c %c %llu ", token, life, "md"[voice], "oe"[stream], (unsigned long long)number);
    for (size_t i = 0; i < filler; i += 8) {
        uint64_t word = mix(seed + 1 + i / 8);
        for (size_t j = i; j < i + 8 && j < filler; j++, word >>= 8)
            to[length++] = (char)('a' + (word & 0xff) % 26);
    }
    to[length++] = '\n';
    return length;
}

static void nap(uint64_t microseconds) {
    struct timespec left = {(time_t)(microseconds / 1000000), (long)(microseconds % 1000000) * 1000};
    while (nanosleep(&left, &left) && errno == EINTR) {
    }
}

static void put(struct stream *stream, size_t count) {
    volatile uint64_t *bytes = &page->bytes[stream->voice * 2 + stream->number];
    while (count > 0) {
        ssize_t written = write(stream->number + 1, stream->buffer + stream->at, count);
        if (written < 0) {
            if (errno == EINTR)
                continue;
            fail("write");
        }
        *bytes += (uint64_t)written;
        stream->at += (size_t)written;
        count -= (size_t)written;
    }
    if (stream->at == stream->length)
        stream->at = stream->length = 0;
}

static int fill(struct stream *stream, uint64_t lines) {
    while (lines-- > 0 && stream->next <= stream->last && stream->length < 2 * MAX_LINE)
        stream->length += make_line(stream->buffer + stream->length, stream->voice, stream->number, stream->next++);
    return stream->length > 0;
}

static int is_left(const struct stream *stream) { return stream->next <= stream->last || stream->length > 0; }

static void open_stream(struct stream *stream, int voice, int number, uint64_t last) {
    *stream = (struct stream){voice, number, 1, last, malloc(3 * MAX_LINE), 0, 0};
    if (!stream->buffer)
        fail("malloc");
}

// While somebody else holds the gate, nobody ends: when server and recorder are dead at once, nobody could take what is in the pipes of a process that ends.
static void pass_gate(void) {
    char path[4096];
    snprintf(path, sizeof path, "%s/gate", directory);
    int gate = open(path, O_RDONLY | O_CLOEXEC);
    if (gate < 0)
        fail(path);
    while (flock(gate, LOCK_SH)) {
        if (errno != EINTR)
            fail("flock");
    }
}

static void run_daemon(uint64_t lines) {
    pid_t child = fork();
    if (child < 0)
        fail("fork");
    if (child > 0) {
        while (waitpid(child, 0, 0) < 0 && errno == EINTR) {
        }
        return;
    }
    setsid();
    child = fork();
    if (child != 0)
        _exit(0);
    page->daemon_pid = (uint64_t)getpid();
    struct stream out[2];
    open_stream(&out[0], 1, 0, lines);
    open_stream(&out[1], 1, 1, lines);
    while (is_left(&out[0]) || is_left(&out[1])) {
        struct stream *stream = is_left(&out[0]) && (!is_left(&out[1]) || chance(2)) ? &out[0] : &out[1];
        fill(stream, 1);
        put(stream, stream->length);
        nap(5000 + chance(25000));
    }
    pass_gate();
    page->daemon_ended = 1;
    _exit(0);
}

static void print_some(struct stream *out) {
    struct stream *stream = &out[chance(2)];
    if (!is_left(stream))
        stream = stream == out ? out + 1 : out;
    if (!strcmp(rhythm, "burst")) {
        for (uint64_t i = 0; i < 4; i++, stream = stream == out ? out + 1 : out) {
            if (fill(stream, 20 + chance(60)))
                put(stream, stream->length);
        }
        nap(300000 + chance(2500000));
    } else if (!strcmp(rhythm, "pieces")) {
        fill(stream, stream->length == 0);
        put(stream, chance(4) == 0 ? stream->length - stream->at : 1 + chance(stream->length - stream->at));
        nap(500 + chance(15000));
    } else if (!strcmp(rhythm, "silent")) {
        fill(stream, 1 + chance(3));
        put(stream, stream->length);
        nap(1000000 + chance(4000000));
    } else {
        fill(stream, 1);
        put(stream, stream->length);
        nap(2000 + chance(38000));
    }
}

static void caught(int signal) {
    (void)signal;
    _exit(CAUGHT);
}

// How many processes of this life there were.
static int count_starts(const char *path) {
    char line[512];
    size_t length = strlen(life);
    int count = 0;
    FILE *starts = fopen(path, "re");
    while (starts && fgets(line, sizeof line, starts))
        count += !strncmp(line, life, length) && (line[length] == ' ' || line[length] == '.');
    if (starts)
        fclose(starts);
    return count;
}

// The kernel gives the place back when the process ends, before anybody can be told of that.
static void take_place(int places) {
    char path[4096];
    for (int i = 0; i < places; i++) {
        snprintf(path, sizeof path, "%s/places/%d", directory, i);
        int place = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (place < 0)
            fail(path);
        if (!flock(place, LOCK_EX | LOCK_NB))
            return;
        close(place);
    }
    char line[512];
    int length = snprintf(line, sizeof line, "%s.%s finds all %d places taken\n", token, life, places);
    snprintf(path, sizeof path, "%s/crowded", directory);
    int crowded = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (crowded < 0 || write(crowded, line, (size_t)length) != length)
        fail(path);
    close(crowded);
}

static void copy_input(void) {
    char path[4096], buffer[65536];
    snprintf(path, sizeof path, "%s/inputs/%s.%s", directory, token, life);
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0)
        fail(path);
    for (;;) {
        ssize_t got = read(0, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            fail("read");
        if (got == 0)
            break;
        if (write(file, buffer, (size_t)got) != got)
            fail(path);
    }
    close(file);
}

static void note_start(void) {
    char path[4096], line[512];
    snprintf(path, sizeof path, "%s/starts/%s", directory, token);
    int before = count_starts(path);
    if (before > 0) {
        key = mix(key + (uint64_t)before);
        size_t length = strlen(life);
        snprintf(life + length, sizeof life - length, ".%d", before);
    }
    state = mix(key + 1);
    const char *run = getenv("OVERSEER_RUN_ID");
    int length = snprintf(line, sizeof line, "%s %d %s\n", life, (int)getpid(), run ? run : "-");
    int starts = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (starts < 0 || write(starts, line, (size_t)length) != length)
        fail(path);
    close(starts);

    snprintf(path, sizeof path, "%s/progress/%s.%s", directory, token, life);
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0 || ftruncate(file, 4096))
        fail(path);
    page = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (page == MAP_FAILED)
        fail("mmap");
    close(file);
    page->main_pid = (uint64_t)getpid();
}

int main(int count, char **arguments) {
    if (count != 14)
        return 98;
    directory = arguments[1], token = arguments[2], rhythm = arguments[7];
    snprintf(life, sizeof life, "%s", arguments[3]);
    key = strtoull(arguments[4], 0, 16);
    const char *end = arguments[8], *term = arguments[10];
    int code = atoi(arguments[9]);
    uint64_t lines = strtoull(arguments[11], 0, 10);
    if (!strcmp(term, "ignore"))
        signal(SIGTERM, SIG_IGN);
    else if (!strcmp(term, "catch"))
        signal(SIGTERM, caught);
    note_start();
    if (atoi(arguments[12]) > 0)
        take_place(atoi(arguments[12]));

    struct stream out[2];
    open_stream(&out[0], 0, 0, strtoull(arguments[5], 0, 10));
    open_stream(&out[1], 0, 1, strtoull(arguments[6], 0, 10));
    if (lines > 0)
        run_daemon(lines);
    if (!strcmp(arguments[13], "1")) {
        print_some(out);
        copy_input();
    }
    while (is_left(&out[0]) || is_left(&out[1]))
        print_some(out);
    pass_gate();
    page->main_ended = 1;
    if (!strcmp(end, "signal")) {
        signal(code, SIG_DFL);
        raise(code);
    }
    return code;
}
