#!/usr/bin/env bash
# PHP's iconv_mime_decode takes a plain ASCII subject that ends in “=” for the beginning of an encoded
# word: it gives false in place of the subject, with a warning. “=” elsewhere does no harm.
#
# Expected: “Early birds: 2 tickets =” is no encoded word, so it comes back as it is.
# Seen:     false (“Malformed string”), unless ICONV_MIME_DECODE_CONTINUE_ON_ERROR is set; the same
#           text as an encoded word is decoded.
# Ivent:    encodes every subject with “=” as a whole, so no plain “=” is in one.
#
# Takes PHP with iconv from Debian's php-cli (8.2.x in Debian 12).
set -euo pipefail
command -v php > /dev/null || apt-get install --quiet --yes --no-install-recommends php-cli
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/subjects.php" <<'PHP'
<?php
echo 'PHP ', PHP_VERSION, ', iconv ', ICONV_IMPL, ' ', ICONV_VERSION, "\n";
$subjects = [
    'Early birds: 2 tickets =' => false,
    'a = b' => 'a = b',
    '=a' => '=a',
    '=?utf-8?q?Early_birds=3A_2_tickets_=3D?=' => 'Early birds: 2 tickets =',
];
$same = true;
foreach ($subjects as $subject => $seen) {
    $read = @iconv_mime_decode($subject, 0, 'UTF-8');
    echo '  ', var_export($subject, true), ' => ', var_export($read, true), "\n";
    $same = $same && $read === $seen;
}
$lenient = @iconv_mime_decode('Two =', ICONV_MIME_DECODE_CONTINUE_ON_ERROR, 'UTF-8');
echo '  continuing on errors: ', var_export('Two =', true), ' => ', var_export($lenient, true), "\n";
exit($same ? 0 : 1);
PHP
php "$folder/subjects.php"
