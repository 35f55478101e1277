# Figure "destinations": ports held toward each destination, against the capacity.
#
# $data: time, then the holders of each line: mean, least, most.  $limits: time, capacity.
# lines, label_of[], banded: of bins, least and most are worth a band; top, capacity_shown, capacity, capacity_text.

load './common.gp'

set yrange [0:top]

if (!plain) {
    if (capacity_shown) {
        set y2range [0:top]
        set y2tics ('capacity ' . capacity_text capacity) scale 0 offset -0.6,0 font text_font textcolor rgb ink
        if (capacity < 0.55 * top) { set key at screen key_left,frame_top left top }
    }
    if (capacity > 0 && !capacity_shown) { set label 5 '↑ capacity ' . capacity_text at screen key_left,frame_top left noenhanced font text_font textcolor rgb ink }
    set style fill transparent solid 0.2 noborder
    plot for [i = 1:lines * banded] $data using 1:3 * i:3 * i + 1 with filledcurves linecolor rgb line_colour[i] notitle, \
         for [i = 1:lines] $data using 1:3 * i - 1 with lines linewidth 2.2 linecolor rgb line_colour[i] dashtype line_dash[i] title label_of[i], \
         for [i = 1:capacity_shown] $limits using 1:2 with steps linewidth 2 linecolor rgb limit notitle
} else {
    legend = capacity_shown ? '* capacity ' . capacity_text : ''
    do for [i = 1:lines] { legend = legend . sprintf('   %d ', i) . label_of[i] }
    set label 3 clip(legend, columns - 2) at character 0,rows - 3 left noenhanced
    plot for [i = 1:capacity_shown] $limits using 1:2 with steps, \
         for [i = 1:lines] $data using 1:3 * i - 1 with points pointtype sprintf('%d', i)
}
