# Picture "successors": the next port toward a server against the last one, a panel a pool.
#
# $data, one index a panel: last, next.  panels, title_of[], low_of[], high_of[].

# Two rows from four panels on; panels are squares.
across = panels > 3 ? int((panels + 1) / 2) : panels
down = panels > 3 ? 2 : 1
side = down == 2 ? 250 : (panels == 1 ? 420 : 320)
picture_height = 96 + (side + 82) * down + 22

load './common.gp'

set xlabel 'last port' noenhanced
start = panels == 1 ? 390 : (panels == 2 ? 200 : 85)
left_of(i) = from_left(start + (i - 1) % across * (side + (across > 2 ? 130 : 160)))
top_of(i) = from_top(112 + int((i - 1) / across) * (side + 82))
shown = plain ? 1 : panels

if (!plain) {
    unset key
    unset label 4
    set multiplot
}
do for [i = 1:shown] {
    low = low_of[i]
    high = high_of[i]
    set xrange [low:high]
    set yrange [low:high]
    middle = floor((low + high) / 2.0)
    set xtics (sprintf('%d', low) low, sprintf('%d', middle) middle, sprintf('%d', high) high)
    set ytics (sprintf('%d', low) low, sprintf('%d', middle) middle, sprintf('%d', high) high)
    if (!plain) {
        set lmargin at screen left_of(i)
        set rmargin at screen left_of(i) + from_left(side)
        set tmargin at screen top_of(i)
        set bmargin at screen top_of(i) - from_bottom(side)
        if ((i - 1) % across == 0) { set ylabel 'next port' noenhanced textcolor rgb ink } else { unset ylabel }
        set label 6 clip(title_of[i], 44) at graph 0,1 left offset 0,0.7 noenhanced font text_font textcolor rgb ink
        set arrow 6 from first low,low to first high,high nohead back linecolor rgb faint linewidth 0.8 dashtype 2
        plot $data index i - 1 using 1:2 with points pointtype 7 pointsize 0.2 linecolor rgb line_colour[1] notitle
        # Words once.
        do for [k = 1:3] { unset label k }
    } else {
        set label 3 clip(title_of[i] . (panels > 1 ? sprintf('   and %d more panels', panels - 1) : ''), columns - 2) at character 0,rows - 3 left noenhanced
        plot $data index i - 1 using 1:2 with points pointtype '.'
    }
}
if (!plain) { unset multiplot }
