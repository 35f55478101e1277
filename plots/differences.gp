# Picture "differences": paired differences with their intervals, the zero line, the margin.
#
# $data: difference, low, high, row, verdict (0 better, 1 worse, 2 the same, 3 unknown,
# 4 different).
# x_label, margin, rows_shown, label_of[], text_of[], verdict_of[].

picture_height = 150 + 26 * rows_shown
if (picture_height < 300) { picture_height = 300 }

picture_least = 900
load './common.gp'

array verdict_colour[5] = [good, bad, ink, unknown, ink]

set xlabel x_label noenhanced
set yrange [rows_shown + 0.6:0.4]
unset ytics

if (!plain) {
    frame_left = from_left(330)
    frame_right = from_right(280)
    set lmargin at screen frame_left
    set rmargin at screen frame_right
    set grid noytics
    set grid xtics back linetype 1 linewidth 0.8 linecolor rgb rule
    set border 1 linecolor rgb faint
    if (margin > 0) { set object 20 rectangle from first -margin,graph 0 to first margin,graph 1 behind fillcolor rgb faint fillstyle solid 0.15 noborder }
    set arrow 20 from first 0,graph 0 to first 0,graph 1 nohead back linecolor rgb ink linewidth 1.4
    do for [i = 1:rows_shown] {
        set label 100 + i clip(label_of[i], 42) at screen frame_left - from_left(12),first i right noenhanced font text_font textcolor rgb ink
        set label 1000 + i clip(text_of[i], 40) at screen frame_right + from_left(14),first i left noenhanced font text_font textcolor rgb verdict_colour[1 + verdict_of[i]]
    }
    set bars 0.5
    is(v) = int(column(5)) == v - 1
    plot for [v = 1:5] $data using (is(v) ? $1 : NaN):4:2:3 with xerrorbars pointtype 7 pointsize 0.9 linewidth 1.8 linecolor rgb verdict_colour[v] notitle
} else {
    set lmargin 32
    set arrow 20 from first 0,graph 0 to first 0,graph 1 nohead
    do for [i = 1:rows_shown] { set label 100 + i clip(label_of[i], 30) at graph 0,first i right offset -1,0 noenhanced }
    set label 3 clip('* difference   ( low   ) high   | zero', columns - 2) at character 0,rows - 3 left noenhanced
    plot $data using 2:4 with points pointtype '(', $data using 3:4 with points pointtype ')', $data using 1:4 with points pointtype '*'
}
