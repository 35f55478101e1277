# Figure "reuse": the share of the reuses of a port that came after no longer a rest.
#
# $data, one index a line: seconds, per cent.
# lines, label_of[], more_lines.

load './common.gp'

set xlabel 'rest of a port between two holders' noenhanced
set logscale x
set yrange [0:(plain ? 100 : 104)]
set ytics 0,20,100

if (!plain) {
    array mark_s[2] = [60, 240]
    array mark_name[2] = ['60 s: TIME_WAIT', '240 s: 2 MSL']
    set key at screen key_left,frame_top left top
    do for [i = 1:2] {
        set arrow 20 + i from first mark_s[i],graph 0 to first mark_s[i],graph 1 nohead back linecolor rgb ink linewidth 1.3 dashtype 2
        set label 20 + i mark_name[i] at first mark_s[i],graph 1 offset (i == 1 ? -0.6 : 0.6),0.7 front noenhanced font text_font textcolor rgb ink
    }
    set label 21 right
    set label 22 left
    if (more_lines > 0) { set label 5 sprintf('and %d more host%s', more_lines, more_lines > 1 ? 's' : '') at screen key_left,frame_bottom left noenhanced font text_font textcolor rgb faint }
    plot for [i = lines:1:-1] $data index i - 1 using 1:2 with lines linewidth 2.2 linecolor rgb line_colour[i] dashtype line_dash[i] notitle, \
         for [i = 1:lines] NaN with lines linewidth 2.2 linecolor rgb line_colour[i] dashtype line_dash[i] title label_of[i]
} else {
    legend = '| 60 s and 240 s'
    do for [i = 1:lines] { legend = legend . sprintf('   %d ', i) . label_of[i] }
    set label 3 clip(legend, columns - 2) at character 0,rows - 3 left noenhanced
    set arrow 21 from first 60,graph 0 to first 60,graph 1 nohead
    set arrow 22 from first 240,graph 0 to first 240,graph 1 nohead
    plot for [i = lines:1:-1] $data index i - 1 using 1:2 with points pointtype sprintf('%d', i)
}
