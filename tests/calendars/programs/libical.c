/* What libical reads: the file's own VTIMEZONE decides. Prints name, start and end in UTC. */
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static char *content(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    fseek(file, 0, SEEK_END);
    size_t size = (size_t)ftell(file);
    rewind(file);
    char *text = calloc(size + 1, 1);
    if (fread(text, 1, size, file) != size) text[0] = 0;
    fclose(file);
    return text;
}

static void print_moment(struct icaltimetype when) {
    char text[32];
    time_t moment = icaltime_as_timet_with_zone(when, when.zone);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", gmtime(&moment));
    printf("\t%s", icaltime_is_null_time(when) ? "-" : text);
}

int main(int count, char **paths) {
    for (int i = 1; i < count; i++) {
        char *text = content(paths[i]);
        icalcomponent *calendar = icalparser_parse_string(text);
        icalcomponent *event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
        printf("%s", paths[i]);
        print_moment(icalcomponent_get_dtstart(event));
        print_moment(icalcomponent_get_dtend(event));
        printf("\n");
        icalcomponent_free(calendar);
        free(text);
    }
    return 0;
}
