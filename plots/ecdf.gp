# Picture "ecdf": the share of runs that have failed by when.
#
# $data, one index a line: time, share.  $band, of the first line: time, low, high.  $theory:
# time, share.  x_label, lines, label_of[], theories, theory_name; where runs never failed: ends,
# end_at[], end_share[].

load './common.gp'

set xlabel x_label noenhanced

if (!plain) {
    set key at screen key_left,frame_top left top
    set style fill transparent solid 0.16 noborder
    do for [i = 1:ends] {
        set label 100 + i '▲' at first end_at[i],first end_share[i] center front noenhanced font text_font textcolor rgb ink
    }
    plot for [i = 1:(lines == 1)] $band using 1:2:3 with filledcurves linecolor rgb line_colour[1] notitle, \
         for [i = 1:theories] $theory using 1:2 with lines linewidth 1.6 dashtype 2 linecolor rgb ink title theory_name, \
         for [i = 1:lines] $data index i - 1 using 1:2 with steps linewidth 2 linecolor rgb line_colour[i] dashtype line_dash[i] title clip(label_of[i], 28)
} else {
    legend = ''
    do for [i = 1:lines] { legend = legend . sprintf('%d ', i) . label_of[i] . '   ' }
    if (theories) { legend = legend . '. ' . theory_name }
    set label 3 clip(legend, columns - 2) at character 0,rows - 3 left noenhanced
    plot for [i = 1:theories] $theory using 1:2 with points pointtype '.', \
         for [i = 1:lines] $data index i - 1 using 1:2 with points pointtype sprintf('%d', i)
}
