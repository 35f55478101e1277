# Picture "probes": candidates a choice looks at, over the share of the ports taken, in the mean
# and at the 99th of 100; beside it a table of what each line pays.
#
# $data, one index a line: place, mean, low, high, p99, 1 where no port was free.  $theory, one
# index a curve: place, mean, p99.
# lines, label_of[], cell_of[] (four a line), curves, curve_of[], full_from.

picture_least = 1200
load './common.gp'

set xlabel 'share of the ports taken (%)' noenhanced
set ytics ('1' 1, '10' 10, '100' 100, '1,000' 1000, '10,000' 10000, '100,000' 100000)

if (!plain) {
    set style line 11 linecolor rgb ink linewidth 1.4 dashtype (16,6)
    set style line 12 linecolor rgb ink linewidth 1.4 dashtype (3,4)
    set style line 13 linecolor rgb ink linewidth 1.4 dashtype (16,5,3,5)
    set style line 14 linecolor rgb ink linewidth 1.4 dashtype (8,4)
    set style line 15 linecolor rgb ink linewidth 1.4 dashtype (2,8)
    # Two panels of one height, and the table in place of a legend.
    frame_top = from_top(bare ? 50 : 100)
    set tmargin at screen frame_top
    wide = 385
    left_of(panel) = from_left(70 + (panel - 1) * (wide + 22))
    right_of(panel) = left_of(panel) + from_left(wide)
    column_at(k) = from_left(1038 + 49 * (k - 1))
    row_at(i) = frame_top - from_bottom(24 + 22 * i)
    set label 4 at screen from_left(15),0.5 * (frame_top + frame_bottom)
    unset key
    array head[4] = ['50 %', '90 %', '99 %', 'full']
    do for [k = 1:4] { set label 20 + k head[k] at screen column_at(k),row_at(0) right noenhanced font text_font textcolor rgb faint }
    set label 25 'mean, when taken:' at screen from_left(890),row_at(-1) left noenhanced font text_font textcolor rgb faint
    do for [i = 1:lines] {
        set arrow 30 + i from screen from_left(890),row_at(i) to screen from_left(908),row_at(i) nohead linecolor rgb line_colour[i] linewidth 2.4 dashtype line_dash[i]
        set label 30 + i clip(label_of[i], 13) at screen from_left(914),row_at(i) left noenhanced font text_font textcolor rgb ink
        do for [k = 1:4] { set label 40 + 4 * i + k cell_of[4 * (i - 1) + k] at screen column_at(k),row_at(i) right noenhanced font text_font textcolor rgb ink }
    }
    if (curves) { set label 100 'closed forms, a = share taken:' at screen from_left(890),row_at(lines + 2) left noenhanced font text_font textcolor rgb faint }
    do for [i = 1:curves] {
        set arrow 100 + i from screen from_left(890),row_at(lines + 2 + i) to screen from_left(922),row_at(lines + 2 + i) nohead linestyle 10 + i
        set label 100 + i clip(curve_of[i], 42) at screen from_left(928),row_at(lines + 2 + i) left noenhanced font text_font textcolor rgb ink
    }
    set object 1 rectangle from first full_from,graph 0 to graph 1,graph 1 behind fillcolor rgb faint fillstyle solid 0.10 noborder
    set multiplot
    do for [panel = 1:2] {
        set lmargin at screen left_of(panel)
        set rmargin at screen right_of(panel)
        set label 5 (panel == 1 ? 'mean' : '99 of 100 choices need no more') at graph 0,1 left offset 0,0.7 noenhanced font text_font textcolor rgb ink
        value = panel == 1 ? 2 : 5
        set style fill transparent solid 0.18 noborder
        plot for [i = 1:(panel == 1 ? lines : 0)] $data index i - 1 using 1:(column(6) > 0 ? NaN : $3):4 with filledcurves linecolor rgb line_colour[i] notitle, \
             for [i = 1:curves] $theory index i - 1 using 1:(panel == 1 ? $2 : $3) with lines linestyle 10 + i notitle, \
             for [i = 1:lines] $data index i - 1 using 1:(column(6) > 0 ? NaN : column(value)) with linespoints pointtype 7 pointsize 0.25 linewidth 2 dashtype line_dash[i] linecolor rgb line_colour[i] notitle, \
             for [i = 1:lines] $data index i - 1 using 1:(column(6) > 0 ? column(value) : NaN) with points pointtype 7 pointsize 0.8 linecolor rgb line_colour[i] notitle
        # Words and table once; the values at the tics too.
        do for [k = 1:4] { unset label k }
        do for [k = 20:109] { unset label k; unset arrow k }
        set ytics ('' 1, '' 10, '' 100, '' 1000, '' 10000, '' 100000)
    }
    unset multiplot
} else {
    legend = ''
    do for [i = 1:lines] { legend = legend . sprintf('%d ', i) . label_of[i] . '  ' }
    if (curves) { legend = legend . '. ' . curve_of[1] }
    set label 3 clip(legend, columns - 2) at character 0,rows - 3 left noenhanced
    plot for [i = 1:(curves > 0)] $theory index 0 using 1:2 with points pointtype '.', \
         for [i = 1:lines] $data index i - 1 using 1:2 with points pointtype sprintf('%d', i)
}
