# Figure "states": sockets by state, stacked, against the capacity of the range.
#
# $data: time, upper edge of each area from the bottom up, ports in use: mean, least, most.
# $limits: time, capacity.
# states, state[], label_of[], peak_of[], top, capacity_shown, capacity, capacity_text,
# use_differs, banded: of bins, least and most are worth a line.

load './common.gp'

set yrange [0:top]

area(i) = column(i + 1) - (i > 1 ? column(i) : 0)

if (!plain) {
    colour(name) = value('state_' . name)
    set style fill solid 1.0 noborder
    if (capacity_shown) {
        set y2range [0:top]
        set y2tics ('capacity ' . capacity_text capacity, '80 %%: alert' 0.8 * capacity) scale 0 offset -0.6,0 font text_font textcolor rgb ink
        if (capacity < 0.55 * top) { set key at screen key_left,frame_top left top }
    }
    if (capacity > 0 && !capacity_shown) { set label 5 '↑ capacity ' . capacity_text at screen key_left,frame_top left noenhanced font text_font textcolor rgb ink }
    plot for [i = states:1:-1] $data using 1:(i > 1 ? column(i) : 0):(column(i + 1)) with filledcurves linecolor rgb colour(state[i]) title label_of[i], \
         for [i = 1:states] $data using 1:i + 1 with lines linewidth 0.6 linecolor rgb 0xFFFFFF notitle, \
         for [i = 1:use_differs] $data using 1:states + 2 with lines linewidth 1.5 linecolor rgb ink title 'ports in use', \
         for [i = 1:capacity_shown] $limits using 1:2 with steps linewidth 2 linecolor rgb limit notitle, \
         for [i = 1:capacity_shown] $limits using 1:(0.8 * column(2)) with steps linewidth 1.3 dashtype 3 linecolor rgb limit notitle, \
         for [i = 1:2 * banded] $data using 1:states + 2 + i with lines linewidth 1 linecolor rgb most title (i == 1 ? 'least and most ports' : '')
} else {
    # Letters instead of areas, for the states that rise above the axis.
    letter(name) = value('letter_' . name)
    seen(i) = peak_of[i] > 0.02 * top
    legend = capacity_shown ? '* capacity ' . capacity_text . '   # 80 %' : ''
    do for [i = states:1:-1] { if (seen(i)) { legend = legend . sprintf('   %s %s', letter(state[i]), state[i]) } }
    set label 3 clip(legend, columns - 2) at character 0,rows - 3 left noenhanced
    plot for [i = 1:capacity_shown] $limits using 1:(0.8 * column(2)) with steps linetype 2, \
         for [i = 1:capacity_shown] $limits using 1:2 with steps linetype 1, \
         for [i = 1:states] $data using 1:(seen(i) ? area(i) : NaN) with points pointtype letter(state[i])
}
