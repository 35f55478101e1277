# Picture "heat": a metric over two axes, with the border where a requirement fails.
#
# $cells: column, row, value, shade (0 to 1).  $border: pieces of a line.
# x_label, z_label, x_count, y_count, x_text[], y_text[], named, cells, cell_text[],
# border_shown.

load './common.gp'

set xlabel x_label noenhanced
set xrange [0.5:x_count + 0.5]
set yrange [0.5:y_count + 0.5]
unset xtics
unset ytics
unset key

# Labels of axes are texts of users, so they are no tics.  Of many every second, third ...
x_every = ceil(x_count / (plain ? 6.0 : 14.0))
y_every = ceil(y_count / (plain ? 10.0 : 20.0))

if (!plain) {
    frame_left  = from_left(130)
    frame_right = from_right(160)
    set lmargin at screen frame_left
    set rmargin at screen frame_right
    unset grid
    set border 0
    set xlabel offset 0,-1.2
    do for [i = 1:x_count:x_every] { set label 100 + i clip(x_text[i], 14) at first i,graph 0 center offset 0,-0.9 noenhanced font text_font textcolor rgb ink }
    do for [i = 1:y_count:y_every] { set label 300 + i clip(y_text[i], 14) at graph 0,first i right offset -0.9,0 noenhanced font text_font textcolor rgb ink }
    if (named) {
        do for [i = 1:cells] {
            set label 1000 + i cell_text[i] at first real(word($cells[i], 1)),first real(word($cells[i], 2)) center front noenhanced font (x_count > 9 ? source_font : text_font) textcolor rgb (real(word($cells[i], 4)) > 0.55 ? ink : 0xFFFFFF)
        }
    }
    # Viridis [van der Walt and Smith 2015], at eight of its 256 entries.
    set palette defined (0 '#440154', 1 '#46327e', 2 '#365c8d', 3 '#277f8e', 4 '#1fa187', 5 '#4ac16d', 6 '#a0da39', 7 '#fde725')
    set colorbox user origin screen from_right(135),frame_bottom size screen from_left(18),screen frame_top - frame_bottom noborder
    set label 5 z_label at screen from_right(25),0.5 * (frame_top + frame_bottom) center rotate by 90 noenhanced textcolor rgb ink
    set cbtics scale 0.5
    set style fill solid 1.0 noborder
    plot $cells using 1:2:($1 - 0.49):($1 + 0.49):($2 - 0.49):($2 + 0.49):3 with boxxyerror fillcolor palette notitle, \
         for [i = 1:border_shown] $border using 1:2 with lines linewidth 3.5 linecolor rgb bad notitle
} else {
    set lmargin 16
    do for [i = 1:x_count:x_every] { set label 100 + i clip(x_text[i], 10) at first i,graph 0 center offset 0,-1 noenhanced }
    do for [i = 1:y_count:y_every] { set label 300 + i clip(y_text[i], 14) at graph 0,first i right offset -1,0 noenhanced }
    digit(s) = sprintf('%d', int(9.999 * s))
    set label 3 clip('0 to 9: from the least to the most of ' . z_label, columns - 2) at character 0,rows - 3 left noenhanced
    plot for [k = 0:9] $cells using 1:(int(9.999 * $4) == k ? $2 : NaN) with points pointtype sprintf('%d', k)
}
