#include "tests/malformed_faults.h"

#include <string.h>

#include "sim/base/memory.h"

char *fault_text(const char *text)
{
    char *copy = memory_text(text, strlen(text));
    for (char *at = copy; (at = strchr(at, '\''));)
        *at = '"';
    return copy;
}

/* clang-format off */

const char *const fault_good_scenario =
    "{\n"
    "  'version': 1,\n"
    "  'name': 'good',\n"
    "  'about': 'nothing is wrong with it',\n"
    "  'seed': 7,\n"
    "  'duration': '10min',\n"
    "  'warm_up': '10s',\n"
    "  'sample_every': '2s',\n"
    "  'network': { 'rtt': '5ms', 'loss': 0.001 },\n"
    "  'hosts': {\n"
    "    'users': { 'stack': 'win10', 'count': 50, 'share_address': 5 },\n"
    "    'proxy': {\n"
    "      'stack': 'linux518',\n"
    "      'addresses': ['10.0.0.1', '10.0.0.2'],\n"
    "      'source': 'first',\n"
    "      'proxy_port': 3128,\n"
    "      'max_client_connections': 1000,\n"
    "      'reflect_client_ip': false,\n"
    "      'reserved': [50000, 50001],\n"
    "      'tcp': {\n"
    "        'range': [49152, 65535],\n"
    "        'allocator': { 'kind': 'sg-legacy-b', 'tries': 16 },\n"
    "        'scope': 'port',\n"
    "        'exhausted': 'EAGAIN',\n"
    "        'time_wait': '120s',\n"
    "        'syn': { 'at': ['1s', '3s'], 'give_up': '9s' },\n"
    "        'rfc1337': true\n"
    "      }\n"
    "    },\n"
    "    'web': { 'listen': [80, 443] }\n"
    "  },\n"
    "  'paths': [\n"
    "    { 'between': ['proxy', 'web'], 'rtt': '20ms', 'loss': 0.02, "
    "'eats_fin_from': 'web', 'eats_fin_share': 0.25 }\n"
    "  ],\n"
    "  'apps': {\n"
    "    'pages': {\n"
    "      'from': 'users',\n"
    "      'through': 'proxy',\n"
    "      'to': 'web:80',\n"
    "      'arrivals': { 'kind': 'poisson', 'rate': '20/s' },\n"
    "      'lifetime': { 'kind': 'lognormal', 'mean': '4s', 'cv': 1.5 },\n"
    "      'closes_first': 'client',\n"
    "      'server_close': [\n"
    "        { 'share': 0.75, 'kind': 'prompt' },\n"
    "        { 'share': 0.5, 'kind': 'late', 'delay': { 'kind': 'constant', "
    "'value': '30s' } }\n"
    "      ],\n"
    "      'on_failure': { 'retries': 2, 'backoff': '500ms', 'factor': 3 }\n"
    "    }\n"
    "  },\n"
    "  'changes': [\n"
    "    { 'at': '6min', 'set': { 'hosts.proxy.tcp.fin_wait_2': '15s' } }\n"
    "  ],\n"
    "  'phases': { 'early': ['1min', '5min'], 'late': ['7min', '8min'] },\n"
    "  'require': ['apps.pages.failure_ratio@late <= 1%']\n"
    "}\n";

const struct fault faults[] = {
    /* types */
    {"'version': 1", "'version': ^'1'", "version", "must be a whole number, is '1'",
     "1"},
    {"'version': 1", "'version': ^2", "version", "must be 1, is 2", NULL},
    {"'version': 1", "'version': ^0", "version", "must be between 1 and 1000, is 0",
     NULL},
    {"'name': 'good'", "'name': ^5", "name", "at most 63 characters, is 5", NULL},
    {"'name': 'good'", "'name': ^'Good One'", "name",
     "at most 63 characters, is 'Good One'", "'good_one'"},
    {"'name': 'good'", "'name': ^'../good'", "name",
     "at most 63 characters, is '../good'", "'___good'"},
    {"'name': 'good'", "'name': ^''", "name", "at most 63 characters, is ''", NULL},
    {"'name': 'good'",
     "'name': ^'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'",
     "name", "at most 63 characters, is "
     "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'...", NULL},
    {"'about': 'nothing is wrong with it'", "'about': ^['nothing']", "about",
     "must be a text, is a list", NULL},
    {"'seed': 7", "'seed': ^-7", "seed", "('123' or '0x7b'), is -7", NULL},
    {"'seed': 7", "'seed': ^7.5", "seed", "('123' or '0x7b'), is 7.5", NULL},
    {"'seed': 7", "'seed': ^9007199254740993", "seed",
     "a whole number beyond 2^53 must be written as a string", "'9007199254740993'"},
    {"'seed': 7", "'seed': ^'seven'", "seed", "('123' or '0x7b'), is 'seven'", NULL},
    {"'seed': 7", "'seed': ^'18446744073709551616'", "seed",
     "('123' or '0x7b'), is '18446744073709551616'", NULL},
    {"'network': { 'rtt': '5ms', 'loss': 0.001 },", "'network': ^['5ms'],", "network",
     "must be an object, is a list", NULL},
    {"'require': ['apps.pages.failure_ratio@late <= 1%']",
     "'require': ^'apps.pages.failure_ratio@late <= 1%'", "require",
     "must be a list, is 'apps.pages.failure_ratio@late <= 1%'", NULL},
    {"'count': 50", "'count': ^'50'", "hosts.users.count",
     "must be a whole number, is '50'", "50"},
    {"'count': 50", "'count': ^0.5", "hosts.users.count",
     "must be a whole number, is 0.5", NULL},
    {"'count': 50", "'count': ^true", "hosts.users.count",
     "must be a whole number, is true", NULL},
    {"'rfc1337': true", "'rfc1337': ^'yes'", "hosts.proxy.tcp.rfc1337",
     "must be true or false, is 'yes'", "true"},
    {"'rfc1337': true", "'rfc1337': ^0", "hosts.proxy.tcp.rfc1337",
     "must be true or false, is 0", "false"},
    {"'loss': 0.02", "'loss': ^'0.02'", "paths[0].loss", "must be a number, is '0.02'",
     "0.02"},
    {"'listen': [80, 443]", "'listen': ^80", "hosts.web.listen", "must be a list, is 80",
     NULL},
    {"'listen': [80, 443]", "'listen': [80, ^'443']", "hosts.web.listen[1]",
     "must be a whole number, is '443'", "443"},
    {"'from': 'users'", "'from': ^['users']", "apps.pages.from",
     "must be the name of an entry of hosts, is a list", NULL},
    {"'source': 'first'", "'source': ^null", "hosts.proxy.source",
     "or 'random', is null", NULL},

    /* units */
    {"'duration': '10min'", "'duration': ^600", "duration",
     "(ns us ms s min h d), is 600", "'600s'"},
    {"'duration': '10min'", "'duration': ^'10m'", "duration",
     "must be a duration with a unit (write 'min' for minutes), is '10m'", "'10min'"},
    {"'duration': '10min'", "'duration': ^'10 minutes'", "duration",
     "(ns us ms s min h d), is '10 minutes'", "'10min'"},
    {"'duration': '10min'", "'duration': ^'10 min'", "duration",
     "(ns us ms s min h d), is '10 min'", "'10min'"},
    {"'duration': '10min'", "'duration': ^'min'", "duration",
     "(ns us ms s min h d), is 'min'", NULL},
    {"'warm_up': '10s'", "'warm_up': ^'-10s'", "warm_up",
     "must not be negative, is '-10s'", NULL},
    {"'duration': '10min'", "'duration': ^'1h30min'", "duration",
     "(ns us ms s min h d), is '1h30min'", NULL},
    {"'rtt': '20ms'", "'rtt': ^'0.0000001ms'", "paths[0].rtt",
     "must be whole nanoseconds, is '0.0000001ms'", NULL},
    {"'warm_up': '10s'", "'warm_up': ^'40000d'", "warm_up",
     "must be at most 100 years, is '40000d'", NULL},
    {"'rate': '20/s'", "'rate': ^20", "apps.pages.arrivals.rate",
     "must be a rate (/s /min /h /d), is 20", "'20/s'"},
    {"'rate': '20/s'", "'rate': ^'20/m'", "apps.pages.arrivals.rate",
     "must be a rate (write '/min' for a minute), is '20/m'", "'20/min'"},
    {"'rate': '20/s'", "'rate': ^'20 per second'", "apps.pages.arrivals.rate",
     "must be a rate (/s /min /h /d), is '20 per second'", NULL},
    {"'rate': '20/s'", "'rate': ^'-20/s'", "apps.pages.arrivals.rate",
     "must not be negative, is '-20/s'", NULL},
    {"'rate': '20/s'", "'rate': ^'20'", "apps.pages.arrivals.rate",
     "must be a rate (/s /min /h /d), is '20'", "'20/s'"},

    /* limits */
    {"'duration': '10min'", "'duration': ^'0s'", "duration",
     "must be between '1ns' and '87500h', is '0s'", NULL},
    {"'sample_every': '2s'", "'sample_every': ^'0s'", "sample_every",
     "must be between '1us' and '87500h', is '0s'", NULL},
    {"'sample_every': '2s'", "'sample_every': ^'1us'", "sample_every",
     "makes 600000000 rows of a run of 600 s; at most 10000000", NULL},
    {"'warm_up': '10s'", "'warm_up': ^'10min'", "warm_up",
     "must be shorter than the run (600 s), is 600 s", NULL},
    {"'count': 50, 'share_address': 5", "'count': ^0", "hosts.users.count",
     "must be between 1 and 1000000, is 0", NULL},
    {"'count': 50", "'count': ^-1", "hosts.users.count",
     "must be between 1 and 1000000, is -1", NULL},
    {"'count': 50", "'count': ^1000001", "hosts.users.count",
     "must be between 1 and 1000000, is 1000001", NULL},
    {"'share_address': 5", "'share_address': ^51", "hosts.users.share_address",
     "must be at most count (50), is 51", NULL},
    {"'listen': [80, 443]", "'listen': [^0, 443]", "hosts.web.listen[0]",
     "must be between 1 and 65535, is 0", NULL},
    {"'listen': [80, 443]", "'listen': [80, ^65536]", "hosts.web.listen[1]",
     "must be between 1 and 65535, is 65536", NULL},
    {"'proxy_port': 3128", "'proxy_port': ^70000", "hosts.proxy.proxy_port",
     "must be between 1 and 65535, is 70000", NULL},
    {"'loss': 0.02", "'loss': ^1.5", "paths[0].loss", "must be between 0 and 1, is 1.5",
     NULL},
    {"'loss': 0.02", "'loss': ^-0.5", "paths[0].loss",
     "must be between 0 and 1, is -0.5", NULL},
    {"'rtt': '20ms'", "'rtt': ^'2min'", "paths[0].rtt",
     "must be between '0s' and '1min', is '2min'", NULL},
    {"'share': 0.75", "'share': ^-0.75", "apps.pages.server_close[0].share",
     "must be between 0 and 1000000, is -0.75", NULL},
    {"'factor': 3", "'factor': ^0.5", "apps.pages.on_failure.factor",
     "must be between 1 and 10, is 0.5", NULL},
    {"'retries': 2", "'retries': ^101", "apps.pages.on_failure.retries",
     "must be between 0 and 100, is 101", NULL},
    {"'rate': '20/s'", "'rate': ^'1e9/s'", "apps.pages.arrivals.rate",
     "must be between '0/s' and '100000000/s', is '1000000000/s'", NULL},
    {"'cv': 1.5", "'cv': ^1000", "apps.pages.lifetime.cv",
     "must be between 0 and 100, is 1000", NULL},
    {"'mean': '4s'", "'mean': ^'0s'", "apps.pages.lifetime.mean",
     "must be between '1ns' and '365d', is '0s'", NULL},
    {"'tries': 16", "'tries': ^0", "hosts.proxy.tcp.allocator.tries",
     "must be between 1 and 65536, is 0", NULL},
    {"'factor': 3", "'factor': ^1e999", "apps.pages.on_failure.factor",
     "a number too large to be kept", NULL},

    /* ranges and lists */
    {"'range': [49152, 65535]", "'range': ^[65535, 49152]", "hosts.proxy.tcp.range",
     "must have its low end first, is [65535, 49152]", "[49152, 65535]"},
    {"'range': [49152, 65535]", "'range': ^[49152, 60000, 65535]",
     "hosts.proxy.tcp.range", "must be a range [low, high] of ports, is a list", NULL},
    {"'range': [49152, 65535]", "'range': ^[49152]", "hosts.proxy.tcp.range",
     "must be a range [low, high] of ports, is a list", NULL},
    {"'range': [49152, 65535]", "'range': ^{ 'low': 49152 }", "hosts.proxy.tcp.range",
     "must be a range [low, high] of ports, is an object", NULL},
    {"'range': [49152, 65535]", "'range': [^0, 65535]", "hosts.proxy.tcp.range[0]",
     "must be between 1 and 65535, is 0", NULL},
    {"'range': [49152, 65535]", "'range': [49152, ^65536]", "hosts.proxy.tcp.range[1]",
     "must be between 1 and 65535, is 65536", NULL},
    {"'range': [49152, 65535]", "'range': [^'49152', 65535]", "hosts.proxy.tcp.range[0]",
     "must be a port number, is '49152'", NULL},
    {"'between': ['proxy', 'web']", "'between': ^['proxy']", "paths[0].between",
     "must have 2 entries, has 1", NULL},
    {"'between': ['proxy', 'web']", "'between': ^['proxy', 'web', 'users']",
     "paths[0].between", "must have 2 entries, has 3", NULL},
    {"'between': ['proxy', 'web']", "'between': ^['web', 'web']", "paths[0].between",
     "must name two different hosts", NULL},
    {"'server_close': [", "'client_close': ^[], 'server_close': [",
     "apps.pages.client_close", "must have 1 or more entries, has 0", NULL},
    {"'early': ['1min', '5min']", "'early': ^['5min', '1min']", "phases.early",
     "must begin before it ends, is ['5min', '1min']", "['1min', '5min']"},
    {"'early': ['1min', '5min']", "'early': ^['5min', '5min']", "phases.early",
     "must begin before it ends, is ['5min', '5min']", NULL},
    {"'early': ['1min', '5min']", "'early': ^['1min', '2min', '5min']", "phases.early",
     "must be a window ['start', 'end'], is a list", NULL},
    {"'early': ['1min', '5min']", "'early': ['1min', ^'11min']", "phases.early[1]",
     "comes after the end of the run (600 s), at 660 s", NULL},
    {"'early': ['1min', '5min']", "'early': [^60, '5min']", "phases.early[0]",
     "(ns us ms s min h d), is 60", "'60s'"},
    {"'early': ['1min', '5min']", "^'Early': ['1min', '5min']", "phases.Early",
     "at most 63 characters", "'early'"},
    {"'at': ['1s', '3s']", "'at': ^['3s', '1s']", "hosts.proxy.tcp.syn.at",
     "must rise, but entry 2 is not later than entry 1", NULL},
    {"'at': ['1s', '3s']", "'at': ^['3s', '3s']", "hosts.proxy.tcp.syn.at",
     "must rise, but entry 2 is not later than entry 1", NULL},
    {"'give_up': '9s'", "'give_up': ^'2s'", "hosts.proxy.tcp.syn.give_up",
     "must not be earlier than the last retransmission (3 s), is 2 s", NULL},

    /* words */
    {"'stack': 'linux518'", "'stack': ^'linux5180'", "hosts.proxy.stack",
     "must be a word that is known here, is 'linux5180'", "'linux518'"},
    {"'stack': 'win10'", "'stack': ^'Win10'", "hosts.users.stack",
     "must be a word that is known here, is 'Win10'", "'win10'"},
    {"'stack': 'win10'", "'stack': ^'multics'", "hosts.users.stack",
     "must be a word that is known here (portsim explain hosts.users.stack), is 'multics'",
     NULL},
    {"'kind': 'sg-legacy-b'", "'kind': ^'sg-legacy-c'", "hosts.proxy.tcp.allocator.kind",
     "must be a word that is known here, is 'sg-legacy-c'", "'sg-legacy-a'"},
    {"'allocator': { 'kind': 'sg-legacy-b', 'tries': 16 }",
     "'allocator': ^'rfc6056-alg9'", "hosts.proxy.tcp.allocator",
     "must be a word that is known here, is 'rfc6056-alg9'", "'rfc6056-alg1'"},
    {"'allocator': { 'kind': 'sg-legacy-b', 'tries': 16 }", "'allocator': ^2",
     "hosts.proxy.tcp.allocator", "must be a word, or an object with a 'kind', is 2",
     NULL},
    {"'scope': 'port'", "'scope': ^'ports'", "hosts.proxy.tcp.scope",
     "or 'mixed', is 'ports'", "'port'"},
    {"'exhausted': 'EAGAIN'", "'exhausted': ^'EGAIN'", "hosts.proxy.tcp.exhausted",
     "or 'POOL_TIMEOUT', is 'EGAIN'", "'EAGAIN'"},
    {"'source': 'first'", "'source': ^'round_robin'", "hosts.proxy.source",
     "or 'random', is 'round_robin'", "'round-robin'"},
    {"'closes_first': 'client'", "'closes_first': ^'clients'", "apps.pages.closes_first",
     "or 'both', is 'clients'", "'client'"},
    {"'kind': 'poisson'", "'kind': ^'poison'", "apps.pages.arrivals.kind",
     "or 'trace', is 'poison'", "'poisson'"},
    {"'kind': 'lognormal'", "'kind': ^'log-normal'", "apps.pages.lifetime.kind",
     "or 'empirical', is 'log-normal'", "'lognormal'"},
    {"'kind': 'prompt'", "'kind': ^'promt'", "apps.pages.server_close[0].kind",
     "or 'silent', is 'promt'", "'prompt'"},
    {"'arrivals': { 'kind': 'poisson', 'rate': '20/s' }",
     "'arrivals': ^{ 'rate': '20/s' }", "apps.pages.arrivals.kind",
     "is missing (the kind of arrivals)", NULL},
    {"'kind': 'poisson'", "'kind': ^1", "apps.pages.arrivals.kind", "or 'trace', is 1",
     NULL},

    /* references */
    {"'from': 'users'", "'from': ^'user'", "apps.pages.from",
     "there is no 'user' in hosts", "'users'"},
    {"'through': 'proxy'", "'through': ^'proxi'", "apps.pages.through",
     "there is no 'proxi' in hosts", "'proxy'"},
    {"'to': 'web:80'", "'to': ^'wbe:80'", "apps.pages.to", "there is no 'wbe' in hosts",
     "'web:80'"},
    {"'to': 'web:80'", "'to': ^'web'", "apps.pages.to",
     "must be 'name:port', the name one of hosts, is 'web'", NULL},
    {"'to': 'web:80'", "'to': ^'web:0'", "apps.pages.to",
     "must be 'name:port', the name one of hosts, is 'web:0'", NULL},
    {"'to': 'web:80'", "'to': ^'web:65536'", "apps.pages.to",
     "must be 'name:port', the name one of hosts, is 'web:65536'", NULL},
    {"'to': 'web:80'", "'to': ^'web:http'", "apps.pages.to",
     "must be 'name:port', the name one of hosts, is 'web:http'", NULL},
    {"'to': 'web:80'", "'to': ^'192.0.2.1:80'", "apps.pages.to",
     "must be 'name:port', the name one of hosts, is '192.0.2.1:80'", NULL},
    {"'to': 'web:80'", "'to': ^'users:80'", "apps.pages.to",
     "must be another host than from", NULL},
    {"'through': 'proxy'", "'through': ^'users'", "apps.pages.through",
     "must be another host than from", NULL},
    {"'through': 'proxy'", "'through': ^'web'", "apps.pages.through",
     "must be another host than the one in to", NULL},
    {"'between': ['proxy', 'web']", "'between': ['proxy', ^'wep']",
     "paths[0].between[1]", "there is no 'wep' in hosts", "'web'"},
    {"'eats_fin_from': 'web'", "'eats_fin_from': ^'weeb'", "paths[0].eats_fin_from",
     "there is no 'weeb' in hosts", "'web'"},
    {"'eats_fin_from': 'web', 'eats_fin_share': 0.25", "'eats_fin_share': ^0.25",
     "paths[0].eats_fin_share",
     "says how much is eaten, but eats_fin_from does not say whose FINs", NULL},
    {"'eats_fin_from': 'web'", "'eats_fin_from': ^'users'", "paths[0].eats_fin_from",
     "must be one of the two hosts", NULL},

    /* addresses */
    {"'addresses': ['10.0.0.1', '10.0.0.2']", "'addresses': ['10.0.0.1', ^'10.0.0']",
     "hosts.proxy.addresses[1]",
     "must be an IP address ('10.0.0.1' or '2001:db8::1'), is '10.0.0'", NULL},
    {"'addresses': ['10.0.0.1', '10.0.0.2']", "'addresses': [^'10.0.0.256', '10.0.0.2']",
     "hosts.proxy.addresses[0]",
     "must be an IP address ('10.0.0.1' or '2001:db8::1'), is '10.0.0.256'", NULL},
    {"'addresses': ['10.0.0.1', '10.0.0.2']", "'addresses': [^'10.0.0.0/24']",
     "hosts.proxy.addresses[0]",
     "must be an IP address ('10.0.0.1' or '2001:db8::1'), is '10.0.0.0/24'", NULL},
    {"'addresses': ['10.0.0.1', '10.0.0.2']", "'addresses': [^'localhost']",
     "hosts.proxy.addresses[0]",
     "must be an IP address ('10.0.0.1' or '2001:db8::1'), is 'localhost'", NULL},
    {"'addresses': ['10.0.0.1', '10.0.0.2']",
     "'addresses': ['2001:db8::1', ^'ff02::1']", "hosts.proxy.addresses[1]",
     "must be an address that a host can have", NULL},
    {"'addresses': ['10.0.0.1', '10.0.0.2']", "'addresses': [^'::ffff:10.0.0.1']",
     "hosts.proxy.addresses[0]", "must be an address that a host can have", NULL},
    {"'addresses': ['10.0.0.1', '10.0.0.2']", "'addresses': [^'::']",
     "hosts.proxy.addresses[0]", "must be an address that a host can have", NULL},
    {"'addresses': ['10.0.0.1', '10.0.0.2']", "'addresses': ['10.0.0.1', ^'10.0.0.1']",
     "hosts.proxy.addresses[1]", "repeats entry [0]", NULL},
    {"'count': 50, 'share_address': 5", "'count': 50, 'addresses': ^['10.0.0.9']",
     "hosts.users.addresses",
     "can only be given for a single host; 50 members get theirs from 10.128.0.0/9 "
     "and fd00::/8",
     NULL},
    {"'web': { 'listen': [80, 443] }", "'web': { 'addresses': [^'10.0.0.2'] }",
     "hosts.web.addresses[0]", "belongs to 'proxy' already", NULL},
    {"'addresses': ['10.0.0.1', '10.0.0.2']", "'addresses': [^'0.0.0.0']",
     "hosts.proxy.addresses[0]", "must be an address that a host can have", NULL},

    /* dynamic ports: 1025 and 255 are accepted, and so is an end at 65535 */
    {"'stack': 'win10', 'count'",
     "'stack': 'win10', 'dynamicport': { 'tcp4': { 'start': ^1024, 'num': 1000 } }, 'count'",
     "hosts.users.dynamicport.tcp4.start", "must be at least 1025, is 1024: netsh sets no dynamic range below it", NULL},
    {"'stack': 'win10', 'count'",
     "'stack': 'win10', 'dynamicport': { 'udp6': { 'start': 1025, 'num': ^254 } }, 'count'",
     "hosts.users.dynamicport.udp6.num", "must be at least 255, is 254: netsh sets no smaller dynamic range", NULL},
    {"'stack': 'win10', 'count'",
     "'stack': 'win10', 'dynamicport': { 'tcp4': { 'start': 65281, 'num': ^256 } }, 'count'",
     "hosts.users.dynamicport.tcp4.num", "must keep the end of the range within 65535, ends it at 65536: from start 65281 at most 255", NULL},
    {"'stack': 'win10', 'count'",
     "'stack': 'win10', 'dynamicport': { 'tcp6': ^{ 'start': 10000 } }, 'count'",
     "hosts.users.dynamicport.tcp6.num", "is missing", NULL},
    {"'stack': 'linux518',\n",
     "'stack': 'linux518', 'dynamicport': ^{ 'tcp4': { 'start': 10000, 'num': 1000 } },\n",
     "hosts.proxy.dynamicport",
     "is for Windows stacks, not for 'linux518': its range is tcp.range, or udp.range", NULL},
    {"'web': { 'listen'", "'web': { 'excluded_udp': ^[[49152, 65535]], 'listen'",
     "hosts.web.excluded_udp", "leaves no port of the range 49152-65535", NULL},

    /* queries */
    {"'through': 'proxy',", "'protocol': 'udp', 'through': ^'proxy',", "apps.pages.through",
     "must not be given with protocol udp", NULL},
    {"'through': 'proxy',", "'protocol': 'udp', 'pool': ^{},", "apps.pages.pool",
     "has no effect with protocol udp", NULL},
    {"'through': 'proxy',", "'through': 'proxy', 'pool': ^{},", "apps.pages.pool",
     "is of clients that connect to the server themselves", NULL},
    {"'through': 'proxy',", "'through': 'proxy', 'cache': { 'names': ^0 },", "apps.pages.cache.names",
     "must be between 1 and 1000000, is 0", NULL},
    {"'through': 'proxy',", "'through': 'proxy', 'face': ^'fileshare',", "apps.pages.face",
     "is 'fileshare'", "'file-share'"},
    {"'through': 'proxy',", "'protocol': 'udp', 'vanishes': ^0.5,", "apps.pages.vanishes",
     "has no effect with protocol udp", NULL},
    {"'through': 'proxy',", "'protocol': 'udp', 'leaks': ^{ 'close_wait': 0.1 },",
     "apps.pages.leaks", "with protocol udp only never_closed", NULL},

    /* keys */
    {"'sample_every': '2s'", "^'sample_evry': '2s'", "sample_evry",
     "unknown key of scenario", "'sample_every'"},
    {"'network': { 'rtt'", "'network': { ^'rrt'", "network.rrt",
     "unknown key of network", "'rtt'"},
    {"'max_client_connections'", "^'max_clients_connection'",
     "hosts.proxy.max_clients_connection", "unknown key of host",
     "'max_client_connections'"},
    {"'time_wait'", "^'timewait'", "hosts.proxy.tcp.timewait", "unknown key of tcp",
     "'time_wait'"},
    {"'tries'", "^'trys'", "hosts.proxy.tcp.allocator.trys", "unknown key of allocator",
     "'tries'"},
    {"'give_up'", "^'giveup'", "hosts.proxy.tcp.syn.giveup",
     "unknown key of retransmission", "'give_up'"},
    {"'eats_fin_share'", "^'eat_fin_share'", "paths[0].eat_fin_share",
     "unknown key of path", "'eats_fin_share'"},
    {"'closes_first'", "^'close_first'", "apps.pages.close_first", "unknown key of app",
     "'closes_first'"},
    {"{ 'share': 0.75", "{ ^'shares': 0.75", "apps.pages.server_close[0].shares",
     "unknown key of close behaviour", "'share'"},
    {"'backoff'", "^'back_off'", "apps.pages.on_failure.back_off",
     "unknown key of on_failure", "'backoff'"},
    {"'at': '6min',", "'at': '6min', ^'sett': {},", "changes[0].sett",
     "unknown key of change", "'set'"},
    {"'about'", "^'About'", "About", "unknown key of scenario", "'about'"},
    {"'about'", "^'description'", "description", "unknown key of scenario", NULL},
    {"'tries': 16", "^'table_bits': 16", "hosts.proxy.tcp.allocator.table_bits",
     "is a key of kind 'linux518', not of 'sg-legacy-b'", NULL},
    {"'arrivals': { 'kind': 'poisson', 'rate': '20/s' }",
     "'arrivals': { 'kind': 'poisson', 'rate': '20/s', ^'file': 'x.csv' }",
     "apps.pages.arrivals.file", "is a key of kind 'trace', not of 'poisson'", NULL},
    {"'seed': 7,", "'seed': 7, ^'seed': 8,", "seed", "the key stands here again", NULL},
    {"'web': { 'listen': [80, 443] }", "'web': {}, ^'web': {}", "hosts.web",
     "the key stands here again", NULL},
    {"'rtt': '20ms'", "'rtt': '20ms', ^'r\\u0074t': '20ms'", "paths[0].rtt",
     "the key stands here again", NULL},
    {"'web': { 'listen'", "^'Web': { 'listen'", "hosts.Web", "at most 63 characters",
     "'web'"},
    {"'web': { 'listen': [80, 443] }", "'web': {}, ^'web.two': {}", "hosts['web.two']",
     "at most 63 characters", "'web_two'"},
    {"{\n  'version': 1,\n  'name': 'good',\n  'about': 'nothing is wrong with it',\n"
     "  'seed': 7,\n  'duration': '10min'", "^{\n  'name': 'good'", "duration",
     "is missing (duration: simulated time)", NULL},
    {"'pages': {\n      'from': 'users',", "'pages': ^{", "apps.pages.from",
     "is missing (name of an entry: the host whose users connect; of several members "
     "one at random)", NULL},
    {"'arrivals': { 'kind': 'poisson', 'rate': '20/s' }",
     "'arrivals': ^{ 'kind': 'poisson' }", "apps.pages.arrivals.rate",
     "is missing (rate: users a second; '0/s': nobody)", NULL},

    /* changes */
    {"'hosts.proxy.tcp.fin_wait_2'", "^'hosts.prxy.tcp.fin_wait_2'", "hosts",
     "there is no 'prxy' here", "'proxy'"},
    {"'hosts.proxy.tcp.fin_wait_2'", "^'hosts.proxy.tcp.fin_wait2'",
     "hosts.proxy.tcp.fin_wait2", "unknown key of tcp", "'fin_wait_2'"},
    {"'hosts.proxy.tcp.fin_wait_2'", "^'host.proxy.tcp.fin_wait_2'", "host",
     "unknown key of scenario", "'hosts'"},
    {"'hosts.proxy.tcp.fin_wait_2': '15s'", "^'hosts.users.count': 7",
     "hosts.users.count", "cannot be changed while the run is under way", NULL},
    {"'hosts.proxy.tcp.fin_wait_2': '15s'", "^'hosts.proxy.tcp': {}", "hosts.proxy.tcp",
     "cannot be changed as a whole; name the keys below it", NULL},
    {"'hosts.proxy.tcp.fin_wait_2': '15s'", "^'hosts.more': {}", "hosts",
     "there is no 'more' here", NULL},
    {"'hosts.proxy.tcp.fin_wait_2': '15s'", "^'seed': 9", "seed",
     "cannot be changed while the run is under way", NULL},
    {"'hosts.proxy.tcp.fin_wait_2': '15s'", "'hosts.proxy.tcp.fin_wait_2': ^15",
     "hosts.proxy.tcp.fin_wait_2", "(ns us ms s min h d), is 15", "'15s'"},
    {"'hosts.proxy.tcp.fin_wait_2': '15s'", "'network.loss': ^2", "network.loss",
     "must be between 0 and 1, is 2", NULL},
    {"'hosts.proxy.tcp.fin_wait_2': '15s'",
     "^'hosts.proxy.tcp.fin_wait_2.length': '15s'", "hosts.proxy.tcp.fin_wait_2",
     "is a duration and has nothing below it", NULL},
    {"'hosts.proxy.tcp.fin_wait_2': '15s'", "^'apps.pages.server_close[2].share': 1",
     "apps.pages.server_close", "has 2 entries, counted from [0], and no '2'", NULL},
    {"'hosts.proxy.tcp.fin_wait_2'", "^''", "", "is no path to a value: ''", NULL},
    {"'hosts.proxy.tcp.fin_wait_2'", "^'hosts..tcp'", "",
     "is no path to a value: 'hosts..tcp'", NULL},
    {"'hosts.proxy.tcp.fin_wait_2': '15s'", "'hosts.proxy.tcp.syn.give_up': ^'2s'",
     "hosts.proxy.tcp.syn.give_up",
     "must not be earlier than the last retransmission (3 s), is 2 s", NULL},
    {"{ 'at': '6min', 'set': { 'hosts.proxy.tcp.fin_wait_2': '15s' } }",
     "{ 'at': '6min', ^'set': { 'apps.pages.server_close[0].share': 0, "
     "'apps.pages.server_close[1].share': 0 } }", "changes[0]",
     "after it, apps.pages.server_close: needs a row whose share is above 0", NULL},
    {"{ 'hosts.proxy.tcp.fin_wait_2': '15s' }",
     "^{ 'apps.pages.arrivals': { 'kind': 'trace', 'file': 'x.csv' } }",
     "changes[0].set",
     "a recording counts from the beginning of the run: 'pages' cannot get another one "
     "in mid-run", NULL},
    {"'at': '6min'", "'at': ^'601s'", "changes[0].at",
     "comes after the end of the run (600 s), at 601 s", NULL},
    {"'at': '6min'", "'at': ^6", "changes[0].at", "(ns us ms s min h d), is 6", "'6s'"},
    {"{ 'at': '6min', ", "^{ ", "changes[0].at",
     "is missing (duration: when, after the events of that moment)", NULL},
    {"'changes': [\n    { 'at': '6min', 'set': { 'hosts.proxy.tcp.fin_wait_2': '15s' } "
     "}\n  ]", "'changes': ^{}", "changes", "must be a list, is an object", NULL},
    {"'set': { 'hosts.proxy.tcp.fin_wait_2': '15s' }",
     "'set': ^['hosts.proxy.tcp.fin_wait_2', '15s']", "changes[0].set",
     "must be an object of paths and values, is a list", NULL},

    /* require */
    {"['apps.pages.failure_ratio@late <= 1%']", "[^'apps.pages.failure_ratio <=']",
     "require[0]", "a number is missing (character 28)", NULL},
    {"['apps.pages.failure_ratio@late <= 1%']", "[^'apps.pages.failure_ratio 1%']",
     "require[0]", "expected one of <= < >= > == != (character 26)", NULL},
    {"['apps.pages.failure_ratio@late <= 1%']", "[^'apps.pages.failure_ratio =< 1%']",
     "require[0]", "expected one of <= < >= > == != (character 26)", NULL},
    {"['apps.pages.failure_ratio@late <= 1%']", "[^'apps.pages.failures_ratio <= 1%']",
     "require[0]", "there is no metric 'apps.pages.failures_ratio'",
     "apps.pages.failure_ratio"},
    {"['apps.pages.failure_ratio@late <= 1%']", "[^'apps.page.failure_ratio <= 1%']",
     "require[0]", "there is no metric 'apps.page.failure_ratio'",
     "apps.pages.failure_ratio"},
    {"['apps.pages.failure_ratio@late <= 1%']",
     "[^'apps.pages.failure_ratio@latest <= 1%']", "require[0]",
     "there is no phase 'latest'", "late"},
    {"['apps.pages.failure_ratio@late <= 1%']",
     "[^'apps.pages.failure_ratio@outage <= 1%']", "require[0]",
     "there is no phase 'outage'", NULL},
    {"['apps.pages.failure_ratio@late <= 1%']", "[^'apps.pages.connect_delay_s <= 1m']",
     "require[0]",
     "expected '%', a unit (ns us ms s min h d), or the end (character 32)", NULL},
    {"['apps.pages.failure_ratio@late <= 1%']", "[^17]", "require[0]",
     "must be a text, is 17", NULL},
    {"['apps.pages.failure_ratio@late <= 1%']", "[^'']", "require[0]",
     "must have 1 or more characters, has 0", NULL},
    {"['apps.pages.failure_ratio@late <= 1%']",
     "[^'apps.pages.failures <= 1 and apps.pages.resets <= 1']", "require[0]",
     "expected '%', a unit (ns us ms s min h d), or the end (character 26)", NULL},

    /* traces */
    {"{ 'kind': 'poisson', 'rate': '20/s' }",
     "{ 'kind': 'trace', 'file': ^'no-such.csv' }", "apps.pages.arrivals.file",
     "cannot use ./no-such.csv: No such file or directory", NULL},
    {"{ 'kind': 'poisson', 'rate': '20/s' }", "{ 'kind': 'trace', 'file': ^'/tmp' }",
     "apps.pages.arrivals.file", "cannot use /tmp: Is a directory", NULL},
    {"{ 'kind': 'poisson', 'rate': '20/s' }", "{ 'kind': 'trace', 'file': ^'' }",
     "apps.pages.arrivals.file", "must have 1 or more characters, has 0", NULL},

    /* rules between entries */
    {"'eats_fin_share': 0.25 }",
     "'eats_fin_share': 0.25 },\n    { 'between': ^['web', 'proxy'] }",
     "paths[1].between", "names the same two hosts as paths[0]", NULL},
    {"'reserved': [50000, 50001],", "'reserved': [50000, ^50000],",
     "hosts.proxy.reserved[1]", "names port 50000 again", NULL},
    {"'listen': [80, 443]", "'listen': [80, 443, ^80]", "hosts.web.listen[2]",
     "names port 80 again", NULL},
    {"'reserved': [50000, 50001],\n      'tcp': {\n        'range': [49152, 65535],",
     "'reserved': ^[50000, 50001],\n      'tcp': {\n        'range': [50000, 50001],",
     "hosts.proxy.reserved", "leaves no port of the range 50000-50001", NULL},
    {"'reserved': [50000, 50001],",
     "'reserved': [], 'reserved_ranges': ^[[49152, 60000], [60001, 65535]],",
     "hosts.proxy.reserved_ranges", "leaves no port of the range 49152-65535", NULL},
    {"'set': { 'hosts.proxy.tcp.fin_wait_2': '15s'",
     "^'set': { 'hosts.proxy.tcp.range': [50000, 50001]", "changes[0]",
     "after it, hosts.proxy.reserved: leaves no port of the range 50000-50001", NULL},
    {"'addresses': ['10.0.0.1', '10.0.0.2']", "'addresses': [^'224.0.0.1', '10.0.0.2']",
     "hosts.proxy.addresses[0]", "must be an address that a host can have", NULL},
    {"'cv': 1.5", "'cv': 1.5, ^'shape': 1.5", "apps.pages.lifetime.shape",
     "is a key of kind 'weibull', not of 'lognormal'", NULL},
    {"{ 'share': 0.5, 'kind': 'late', 'delay': { 'kind': 'constant', 'value': '30s' } }",
     "^{ 'share': 0.5, 'kind': 'late' }", "apps.pages.server_close[1].delay",
     "is missing (object: how long after", NULL},
    {"'proxy_port': 3128", "'proxy': ^'haproxy-tpc'", "hosts.proxy.proxy",
     "must be 'explicit', 'haproxy-tcp'", "'haproxy-tcp'"},
    {"'proxy_port': 3128", "'proxy': 'haproxy-http', 'proxying': { 'nolinger': ^true }",
     "hosts.proxy.proxying.nolinger", "has no effect where mode is \"http\"", NULL},
    {"'proxy_port': 3128", "'proxy': 'nginx-http', 'proxying': { 'half_close': ^true }",
     "hosts.proxy.proxying.half_close", "has no effect where mode is \"http\"", NULL},
    {"'proxy_port': 3128", "'proxy': 'nginx-stream', 'proxying': { 'keepalive': ^16 }",
     "hosts.proxy.proxying.keepalive", "needs mode \"http\"", NULL},
    {"'proxy_port': 3128", "'proxying': { 'crossing_fins': ^true }",
     "hosts.proxy.proxying.crossing_fins", "needs mode \"http\"", NULL},
    {"'proxy_port': 3128",
     "'proxying': { 'tunnel_timeout': '1min', 'proxy_timeout': ^'1min' }",
     "hosts.proxy.proxying.proxy_timeout", "set one of them", NULL},
    {"'proxy_port': 3128", "'proxying': { 'socket': ^{ 'bind': 'explicit' } }",
     "hosts.proxy.proxying.socket.ring", "is needed where bind is \"explicit\"", NULL},
};

/* clang-format on */

const size_t fault_count = sizeof faults / sizeof faults[0];
