<?php
// What sabre/vobject (Nextcloud, ownCloud, Baïkal) reads. Prints name, start and end in UTC.
error_reporting(E_ERROR);
require '/usr/share/php/Sabre/VObject/autoload.php';

foreach (array_slice($argv, 1) as $path) {
    $event = Sabre\VObject\Reader::read(file_get_contents($path))->VEVENT;
    $moments = array_map(
        fn ($property) => $property->getDateTime()->setTimezone(new DateTimeZone('UTC'))->format('Y-m-d\TH:i:s\Z'),
        [$event->DTSTART, $event->DTEND]
    );
    echo implode("\t", [$path, ...$moments]), "\n";
}
