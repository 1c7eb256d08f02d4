"""What mails say, in every language of the project.

A dataclass per language rather than message catalogues: the type checker sees that no
language lacks a phrase, and nothing has to be compiled.
"""

from dataclasses import dataclass, replace
from typing import Final

from ivent_site.languages import language_of

__all__ = ["LANGUAGES", "Phrases", "language_of"]


@dataclass(frozen=True, kw_only=True)
class Phrases:
    """The words of one language; formats are Django's."""

    # French puts a space before it, at which no line breaks.
    colon: str = ":"
    date_format: str
    time_format: str
    # Of a whole hour in a sentence.
    hour_format: str
    day_format: str
    published_subject: str
    published_heading: str
    published_intro: str
    changed_subject: str
    changed_heading: str
    changed_intro: str
    cancelled_subject: str
    cancelled_heading: str
    cancelled_intro: str
    corrected_subject: str
    corrected_heading: str
    corrected_intro: str
    reminder_subject: str
    reminder_heading: str
    reminder_intro: str
    message_subject: str
    message_heading: str
    message_intro: str
    digest_subject: str
    digest_heading: str
    digest_event: str
    digest_events: str
    digest_new: str
    digest_new_events: str
    digest_mark: str
    digest_further: str
    digest_more: str
    digest_all: str
    digest_why: str
    note: str
    reason: str
    title: str
    when: str
    when_local: str
    where: str
    link: str
    description: str
    topics: str
    what_changed: str
    before: str
    now: str
    nothing: str
    see_below: str
    see_event: str
    why: str
    leave: str
    preferences: str
    confirm_subject: str
    confirm_heading: str
    confirm_intro: str
    confirm_button: str
    confirm_expires: str
    confirm_ignore: str
    change_subject: str
    change_heading: str
    change_intro: str
    change_button: str
    change_ignore: str
    how_often: str
    each_at_once: str
    once_a_week: str
    every_topic: str
    language: str
    timezone: str
    timezone_of_event: str
    already_subject: str
    already_heading: str
    already_intro: str


_EN = Phrases(
    date_format="l, F j, Y",
    time_format="g:i A",
    hour_format="g A",
    day_format="F j",
    published_subject="New event: {title}",
    published_heading="New event",
    published_intro="",
    changed_subject="Changed: {title}",
    changed_heading="Event changed",
    changed_intro="Something about this event is different from before.",
    cancelled_subject="Cancelled: {title}",
    cancelled_heading="Event cancelled",
    cancelled_intro="This event will not take place.",
    corrected_subject="Same time, corrected calendar entry: {title}",
    corrected_heading="Corrected calendar entry",
    corrected_intro=(
        "The time is the same: {time}. Here is the corrected calendar entry. The rules "
        "for clocks in {zone} have changed, so an older entry may show another hour."
    ),
    reminder_subject="Reminder: {title}",
    reminder_heading="Reminder",
    reminder_intro="This event is coming up.",
    message_subject="{subject}",
    message_heading="Message about an event",
    message_intro="",
    digest_subject="Coming events: week of {day}",
    digest_heading="Coming events",
    digest_event="1 event",
    digest_events="{count} events",
    digest_new="1 new",
    digest_new_events="{count} new",
    digest_mark="New",
    digest_further="Further ahead",
    digest_more="and {count} more",
    digest_all="See all events",
    digest_why=(
        "You get this mail once a week, as you asked, because you subscribed to the "
        "events of {organisation}."
    ),
    note="A note from the organizers",
    reason="The reason",
    title="Title",
    when="When",
    when_local="Local time there",
    where="Where",
    link="Link",
    description="Description",
    topics="Topics",
    what_changed="What has changed",
    before="before",
    now="now",
    nothing="nothing",
    see_below="new text below",
    see_event="See the event",
    why="You get this mail because you subscribed to the events of {organisation}.",
    leave="Unsubscribe",
    preferences="Change what you get",
    confirm_subject="Confirm your subscription to {organisation}",
    confirm_heading="One more step",
    confirm_intro=(
        "Somebody, we hope you, asked that events of {organisation} be mailed to this address."
    ),
    confirm_button="Confirm the subscription",
    confirm_expires="The link works for seven days.",
    confirm_ignore="If it was not you, do nothing: you will not be subscribed.",
    change_subject="Change your subscription to {organisation}?",
    change_heading="Change your subscription?",
    change_intro=(
        "Somebody, we hope you, asked to change which e-mails from {organisation} this "
        "address gets. With the button, your subscription becomes:"
    ),
    change_button="Apply the change",
    change_ignore="If it was not you, do nothing: your subscription stays as it is.",
    how_often="How often",
    each_at_once="Each event at once",
    once_a_week="Once a week, in a digest",
    every_topic="Every topic",
    language="Language",
    timezone="Time zone",
    timezone_of_event="That of each event",
    already_subject="You are subscribed to {organisation}",
    already_heading="You are subscribed already",
    already_intro=(
        "Somebody asked that events of {organisation} be mailed to this address. "
        "They are already, so there is nothing to do."
    ),
)
_EN_GB = replace(
    _EN,
    date_format="l, j F Y",
    time_format="H:i",
    hour_format="H:i",
    day_format="j F",
    note="A note from the organisers",
)

_DE = Phrases(
    date_format="l, j. F Y",
    time_format="H:i",
    hour_format="G \\U\\h\\r",
    day_format="j. F",
    published_subject="Neue Veranstaltung: {title}",
    published_heading="Neue Veranstaltung",
    published_intro="",
    changed_subject="Geändert: {title}",
    changed_heading="Veranstaltung geändert",
    changed_intro="An dieser Veranstaltung hat sich etwas geändert.",
    cancelled_subject="Abgesagt: {title}",
    cancelled_heading="Veranstaltung abgesagt",
    cancelled_intro="Diese Veranstaltung findet nicht statt.",
    corrected_subject="Gleiche Uhrzeit, berichtigter Kalendereintrag: {title}",
    corrected_heading="Berichtigter Kalendereintrag",
    corrected_intro=(
        "Die Uhrzeit bleibt gleich: {time}. Hier ist der berichtigte Kalendereintrag. Die "
        "Zeitregeln für {zone} haben sich geändert, daher kann ein älterer Eintrag eine "
        "andere Stunde anzeigen."
    ),
    reminder_subject="Erinnerung: {title}",
    reminder_heading="Erinnerung",
    reminder_intro="Diese Veranstaltung steht bevor.",
    message_subject="{subject}",
    message_heading="Nachricht zu einer Veranstaltung",
    message_intro="",
    digest_subject="Kommende Veranstaltungen: Woche ab {day}",
    digest_heading="Kommende Veranstaltungen",
    digest_event="1 Veranstaltung",
    digest_events="{count} Veranstaltungen",
    digest_new="davon 1 neu",
    digest_new_events="davon {count} neu",
    digest_mark="Neu",
    digest_further="Später",
    digest_more="und {count} weitere",
    digest_all="Alle Veranstaltungen ansehen",
    digest_why=(
        "Sie erhalten diese E-Mail wie gewünscht einmal pro Woche, weil Sie die "
        "Veranstaltungen von {organisation} abonniert haben."
    ),
    note="Hinweis der Veranstalter",
    reason="Der Grund",
    title="Titel",
    when="Wann",
    when_local="Ortszeit dort",
    where="Wo",
    link="Link",
    description="Beschreibung",
    topics="Themen",
    what_changed="Was sich geändert hat",
    before="bisher",
    now="jetzt",
    nothing="nichts",
    see_below="neuer Text unten",
    see_event="Zur Veranstaltung",
    why=(
        "Sie erhalten diese E-Mail, weil Sie die Veranstaltungen von {organisation} "
        "abonniert haben."
    ),
    leave="Abbestellen",
    preferences="Einstellungen ändern",
    confirm_subject="Bestätigen Sie Ihr Abonnement von {organisation}",
    confirm_heading="Noch ein Schritt",
    confirm_intro=(
        "Jemand, hoffentlich Sie, möchte die Veranstaltungen von {organisation} "
        "an diese Adresse erhalten."
    ),
    confirm_button="Abonnement bestätigen",
    confirm_expires="Der Link gilt sieben Tage.",
    confirm_ignore="Waren Sie es nicht, tun Sie nichts: Sie werden nicht eingetragen.",
    change_subject="Ihr Abonnement von {organisation} ändern?",
    change_heading="Abonnement ändern?",
    change_intro=(
        "Jemand, hoffentlich Sie, möchte ändern, welche E-Mails von {organisation} diese "
        "Adresse erhält. Mit dem Knopf wird Ihr Abonnement so:"
    ),
    change_button="Änderung übernehmen",
    change_ignore="Waren Sie es nicht, tun Sie nichts: Ihr Abonnement bleibt, wie es ist.",
    how_often="Wie oft",
    each_at_once="Jede Veranstaltung sofort",
    once_a_week="Einmal pro Woche, als Übersicht",
    every_topic="Alle Themen",
    language="Sprache",
    timezone="Zeitzone",
    timezone_of_event="Die der Veranstaltung",
    already_subject="Sie haben {organisation} abonniert",
    already_heading="Sie sind bereits eingetragen",
    already_intro=(
        "Jemand möchte die Veranstaltungen von {organisation} an diese Adresse erhalten. "
        "Das ist schon der Fall; Sie müssen nichts tun."
    ),
)
_FR = Phrases(
    colon="\u00a0:",
    date_format="l j F Y",
    time_format="H:i",
    hour_format="G \\h",
    day_format="j F",
    published_subject="Nouvel événement : {title}",
    published_heading="Nouvel événement",
    published_intro="",
    changed_subject="Modifié : {title}",
    changed_heading="Événement modifié",
    changed_intro="Quelque chose a changé pour cet événement.",
    cancelled_subject="Annulé : {title}",
    cancelled_heading="Événement annulé",
    cancelled_intro="Cet événement n’aura pas lieu.",
    corrected_subject="Même heure, entrée de calendrier corrigée : {title}",
    corrected_heading="Entrée de calendrier corrigée",
    corrected_intro=(
        "L’heure reste la même : {time}. Voici l’entrée de calendrier corrigée. Les "
        "règles de l’heure à {zone} ont changé : une entrée plus ancienne peut afficher "
        "une autre heure."
    ),
    reminder_subject="Rappel : {title}",
    reminder_heading="Rappel",
    reminder_intro="Cet événement approche.",
    message_subject="{subject}",
    message_heading="Message à propos d’un événement",
    message_intro="",
    digest_subject="Événements à venir : semaine du {day}",
    digest_heading="Événements à venir",
    digest_event="1 événement",
    digest_events="{count} événements",
    digest_new="dont 1 nouveau",
    digest_new_events="dont {count} nouveaux",
    digest_mark="Nouveau",
    digest_further="Plus tard",
    digest_more="et {count} de plus",
    digest_all="Voir tous les événements",
    digest_why=(
        "Vous recevez ce message une fois par semaine, comme vous l’avez demandé, parce "
        "que vous êtes abonné aux événements de {organisation}."
    ),
    note="Un mot des organisateurs",
    reason="La raison",
    title="Titre",
    when="Quand",
    when_local="Heure locale sur place",
    where="Où",
    link="Lien",
    description="Description",
    topics="Thèmes",
    what_changed="Ce qui a changé",
    before="avant",
    now="maintenant",
    nothing="rien",
    see_below="nouveau texte ci-dessous",
    see_event="Voir l’événement",
    why=("Vous recevez ce message parce que vous êtes abonné aux événements de {organisation}."),
    leave="Se désabonner",
    preferences="Modifier mes préférences",
    confirm_subject="Confirmez votre abonnement à {organisation}",
    confirm_heading="Encore une étape",
    confirm_intro=(
        "Quelqu’un, vous sans doute, a demandé à recevoir les événements de {organisation} "
        "à cette adresse."
    ),
    confirm_button="Confirmer l’abonnement",
    confirm_expires="Le lien est valable sept jours.",
    confirm_ignore="Si ce n’était pas vous, ne faites rien : vous ne serez pas abonné.",
    change_subject="Modifier votre abonnement à {organisation} ?",
    change_heading="Modifier votre abonnement ?",
    change_intro=(
        "Quelqu’un, vous sans doute, a demandé à modifier les messages de {organisation} "
        "que reçoit cette adresse. Avec le bouton, votre abonnement devient :"
    ),
    change_button="Appliquer la modification",
    change_ignore=("Si ce n’était pas vous, ne faites rien : votre abonnement reste tel quel."),
    how_often="À quelle fréquence",
    each_at_once="Chaque événement, aussitôt",
    once_a_week="Une fois par semaine, en résumé",
    every_topic="Tous les thèmes",
    language="Langue",
    timezone="Fuseau horaire",
    timezone_of_event="Celui de chaque événement",
    already_subject="Vous êtes abonné à {organisation}",
    already_heading="Vous êtes déjà abonné",
    already_intro=(
        "Quelqu’un a demandé à recevoir les événements de {organisation} à cette adresse. "
        "C’est déjà le cas : il n’y a rien à faire."
    ),
)
_ES = Phrases(
    date_format=r"l, j \d\e F \d\e Y",
    time_format="H:i",
    hour_format="G:i",
    day_format=r"j \d\e F",
    published_subject="Nuevo evento: {title}",
    published_heading="Nuevo evento",
    published_intro="",
    changed_subject="Cambio: {title}",
    changed_heading="El evento ha cambiado",
    changed_intro="Algo de este evento es distinto de lo anunciado.",
    cancelled_subject="Cancelado: {title}",
    cancelled_heading="Evento cancelado",
    cancelled_intro="Este evento no tendrá lugar.",
    corrected_subject="Misma hora, entrada de calendario corregida: {title}",
    corrected_heading="Entrada de calendario corregida",
    corrected_intro=(
        "La hora es la misma: {time}. Esta es la entrada de calendario corregida. Las "
        "reglas de la hora en {zone} han cambiado, así que una entrada anterior puede "
        "mostrar otra hora."
    ),
    reminder_subject="Recordatorio: {title}",
    reminder_heading="Recordatorio",
    reminder_intro="Este evento se acerca.",
    message_subject="{subject}",
    message_heading="Mensaje sobre un evento",
    message_intro="",
    digest_subject="Próximos eventos: semana del {day}",
    digest_heading="Próximos eventos",
    digest_event="1 evento",
    digest_events="{count} eventos",
    digest_new="1 nuevo",
    digest_new_events="{count} nuevos",
    digest_mark="Nuevo",
    digest_further="Más adelante",
    digest_more="y {count} más",
    digest_all="Ver todos los eventos",
    digest_why=(
        "Recibe este mensaje una vez por semana, como pidió, porque se suscribió a los "
        "eventos de {organisation}."
    ),
    note="Nota de los organizadores",
    reason="El motivo",
    title="Título",
    when="Cuándo",
    when_local="Hora local allí",
    where="Dónde",
    link="Enlace",
    description="Descripción",
    topics="Temas",
    what_changed="Qué ha cambiado",
    before="antes",
    now="ahora",
    nothing="nada",
    see_below="texto nuevo más abajo",
    see_event="Ver el evento",
    why="Recibe este mensaje porque se suscribió a los eventos de {organisation}.",
    leave="Darse de baja",
    preferences="Cambiar las preferencias",
    confirm_subject="Confirme su suscripción a {organisation}",
    confirm_heading="Un paso más",
    confirm_intro=(
        "Alguien, esperamos que usted, ha pedido recibir los eventos de {organisation} "
        "en esta dirección."
    ),
    confirm_button="Confirmar la suscripción",
    confirm_expires="El enlace es válido durante siete días.",
    confirm_ignore="Si no fue usted, no haga nada: no quedará suscrito.",
    change_subject="¿Cambiar su suscripción a {organisation}?",
    change_heading="¿Cambiar su suscripción?",
    change_intro=(
        "Alguien, esperamos que usted, ha pedido cambiar qué mensajes de {organisation} "
        "recibe esta dirección. Con el botón, su suscripción queda así:"
    ),
    change_button="Aplicar el cambio",
    change_ignore="Si no fue usted, no haga nada: su suscripción queda como está.",
    how_often="Con qué frecuencia",
    each_at_once="Cada evento al momento",
    once_a_week="Una vez por semana, en un resumen",
    every_topic="Todos los temas",
    language="Idioma",
    timezone="Zona horaria",
    timezone_of_event="La de cada evento",
    already_subject="Está suscrito a {organisation}",
    already_heading="Ya está suscrito",
    already_intro=(
        "Alguien ha pedido recibir los eventos de {organisation} en esta dirección. "
        "Ya es así: no tiene que hacer nada."
    ),
)

LANGUAGES: Final = {"en": _EN, "en-gb": _EN_GB, "de": _DE, "fr": _FR, "es": _ES}
