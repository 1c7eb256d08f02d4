"""What no text may hold that becomes a mail header.

Control characters and line breaks could make headers of their own, and so could “=?”, which mail
programs decode. Some programs drop U+FEFF.
"""

import re
from typing import Final

UNSAFE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff]|=\?")
