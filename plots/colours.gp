# The colours of portsim's figures, defined here and nowhere else.
#
# One TCP state has one colour in every figure.  The ten state colours have ten different
# lightnesses, at least 6 L* apart, so they differ in grey print, and stay 10 or more apart
# (CIE76) as seen with deuteranopia and protanopia; tests/test_figures.c measures both.

# In the order of a connection's life, which is the order of the stack.
state_BOUND        = 0x898F95
state_SYN_SENT     = 0xF4F564
state_SYN_RECEIVED = 0xD3B032
state_ESTABLISHED  = 0x016833
state_CLOSE_WAIT   = 0xD885C3
state_FIN_WAIT_1   = 0xFFD1AE
state_FIN_WAIT_2   = 0xD94D00
state_CLOSING      = 0x67001C
state_LAST_ACK     = 0x004096
state_TIME_WAIT    = 0x77D1FF

# Of ports and flows that have no TCP socket: those that come nearest to them.
state_LISTEN      = state_BOUND
state_UNCONN      = state_BOUND
state_UNCONFIRMED = state_BOUND
state_FIN_WAIT    = state_FIN_WAIT_1
state_CLOSE       = state_CLOSING

# Letters for the states where there are no colours.
letter_BOUND        = 'B'
letter_SYN_SENT     = 's'
letter_SYN_RECEIVED = 'r'
letter_ESTABLISHED  = 'E'
letter_CLOSE_WAIT   = 'W'
letter_FIN_WAIT_1   = '1'
letter_FIN_WAIT_2   = 'F'
letter_CLOSING      = 'c'
letter_LAST_ACK     = 'l'
letter_TIME_WAIT    = 'T'
letter_LISTEN       = 'L'
letter_UNCONN       = 'u'
letter_UNCONFIRMED  = 'n'
letter_FIN_WAIT     = 'f'
letter_CLOSE        = 'x'

# What became of an attempt.  Success is quiet, failures are not; codes that are not listed
# are drawn as failure_other.
success                 = 0xD5DCD8
failure_EADDRNOTAVAIL   = 0xB0123B
failure_EADDRINUSE      = 0xE8743B
failure_EAGAIN          = 0xE3B505
failure_WSAEADDRINUSE   = 0x9B5B1E
failure_WSAENOBUFS      = 0x5C3A21
failure_ECONNREFUSED    = 0x2F6DB5
failure_ECONNRESET      = 0x58A4B0
failure_ETIMEDOUT       = 0x5B2A86
failure_DROPPED         = 0x1E1E24
failure_other           = 0x8A8F98

# Destinations, by rank; the eighth is "all others".
array line_colour[8] = [0x0059A8, 0xE07B00, 0x00875A, 0xB33C86, 0x5AAEDB, 0x9C3A00, 0xC9A800, 0x6E747B]
array line_dash[8]   = [1, 2, 3, 4, 5, 2, 3, 4]

# Paper and ink.
ink      = 0x1A1C1F
faint    = 0x5C636B
rule     = 0xD8000000 # black, nearly transparent: seen on paper and on areas alike
limit    = 0x101214
beyond   = 0xECEDEF # ports that are not there
most     = 0xFFA400 # over areas, paper and the line of the capacity

# Judgements, always beside their words.
good    = 0x00875A
bad     = 0xB0123B
unknown = 0x8A8F98
