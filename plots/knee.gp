# Picture "knee": a metric over one axis, with intervals, theory, bound, capacity, answer.
#
# $data, one index a line: x, mean, low, high, 1 if it stands on the floor.  $theory: x, value.
# x_label, lines, label_of[], theories, theory_name, floor_shown, floor, bounds, bound,
# bound_high, bound_text, places, place_at[], place_late[], place_text[], answers, answer, answer_late,
# answer_low, answer_high, answer_text.

load './common.gp'

set xlabel x_label noenhanced

if (!plain) {
    if (bound_high) { set key at screen key_left,frame_bottom left bottom } else { set key at screen key_left,frame_top left top }
    # What plan answers, with its interval, behind everything else.
    if (answers) {
        set object 20 rectangle from first answer_low,graph 0 to first answer_high,graph 1 behind fillcolor rgb good fillstyle solid 0.18 noborder
        set arrow 20 from first answer,graph 0 to first answer,graph 1 nohead front linecolor rgb good linewidth 2
        if (answer_late) { set label 20 answer_text at first answer_low,graph 0.965 right offset -0.7,0 front noenhanced font detail_font textcolor rgb good
        } else { set label 20 answer_text at first answer_high,graph 0.965 left offset 0.7,0 front noenhanced font detail_font textcolor rgb good }
    }
    # Words about places stand in rows from the top, under the answer, on the side that has room;
    # each line ends at its own.
    place_row(i) = 1.02 - 0.055 * (i + answers)
    set style arrow 2 nohead back linecolor rgb faint linewidth 1.2 dashtype 4
    do for [i = 1:places] {
        set arrow 30 + i from first place_at[i],graph 0 to first place_at[i],graph place_row(i) + 0.025 arrowstyle 2
        if (place_late[i]) { set label 30 + i place_text[i] at first place_at[i],graph place_row(i) right offset -0.6,0 front noenhanced font text_font textcolor rgb faint
        } else { set label 30 + i place_text[i] at first place_at[i],graph place_row(i) left offset 0.6,0 front noenhanced font text_font textcolor rgb faint }
    }
    if (bounds) {
        set arrow 40 from graph 0,first bound to graph 1,first bound nohead front linecolor rgb bad linewidth 1.4 dashtype 2
        set label 40 bound_text at screen key_left,first bound left noenhanced front font text_font textcolor rgb bad
    }
    if (floor_shown) { set ytics add ("less" floor) }
    set style fill transparent solid 0.18 noborder
    set bars 0.6
    plot for [i = 1:lines] $data index i - 1 using 1:3:4 with filledcurves linecolor rgb line_colour[i] notitle, \
         for [i = 1:theories] $theory using 1:2 with lines linewidth 1.6 dashtype 2 linecolor rgb ink title clip(theory_name, 26), \
         for [i = 1:lines] $data index i - 1 using 1:2:3:4 with yerrorbars pointtype 7 pointsize 0.01 linewidth 1.3 linecolor rgb line_colour[i] notitle, \
         for [i = 1:lines] $data index i - 1 using 1:2 with lines linewidth 1.6 linecolor rgb line_colour[i] notitle, \
         for [i = 1:lines] $data index i - 1 using 1:(column(5) > 0 ? NaN : column(2)) with points pointtype 7 pointsize 0.8 linecolor rgb line_colour[i] notitle, \
         for [i = 1:lines] NaN with linespoints pointtype 7 pointsize 0.8 linewidth 1.6 linecolor rgb line_colour[i] title clip(label_of[i], 26), \
         for [i = 1:lines] $data index i - 1 using 1:(column(5) > 0 ? column(2) : NaN) with points pointtype 6 pointsize 0.9 linewidth 1.4 linecolor rgb line_colour[i] notitle
} else {
    legend = bounds ? '- ' . bound_text : ''
    do for [i = 1:lines] { legend = legend . sprintf('   %d ', i) . label_of[i] }
    if (theories) { legend = legend . '   . ' . theory_name }
    if (answers) { legend = legend . '   | ' . answer_text }
    set label 3 clip(legend, columns - 2) at character 0,rows - 3 left noenhanced
    if (answers) { set arrow 20 from first answer,graph 0 to first answer,graph 1 nohead }
    if (bounds) { set arrow 40 from graph 0,first bound to graph 1,first bound nohead }
    if (floor_shown) { set ytics add ("less" floor) }
    plot for [i = 1:theories] $theory using 1:2 with points pointtype '.', \
         for [i = 1:lines] $data index i - 1 using 1:2 with points pointtype sprintf('%d', i)
}
