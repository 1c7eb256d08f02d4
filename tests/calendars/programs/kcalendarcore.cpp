// What KCalendarCore (KOrganizer, Kontact, Plasma) reads. Prints name, start and end in UTC.
#include <KCalendarCore/ICalFormat>
#include <KCalendarCore/MemoryCalendar>
#include <QFile>
#include <QTextStream>
#include <QTimeZone>

int main(int count, char **paths)
{
    QTextStream out(stdout);
    for (int i = 1; i < count; i++) {
        QFile file(QString::fromLocal8Bit(paths[i]));
        if (!file.open(QIODevice::ReadOnly)) {
            return 1;
        }
        KCalendarCore::MemoryCalendar::Ptr calendar(new KCalendarCore::MemoryCalendar(QTimeZone::utc()));
        KCalendarCore::ICalFormat().fromRawString(calendar, file.readAll());
        const auto events = calendar->events();
        for (const auto &event : events) {
            out << paths[i] << '\t' << event->dtStart().toUTC().toString(Qt::ISODate) << '\t'
                << event->dtEnd().toUTC().toString(Qt::ISODate) << '\n';
        }
    }
    return 0;
}
