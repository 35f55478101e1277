# Picture "risk": for each metric the runs and their 5th to 95th percentile, the intervals of the
# mean and of the 95th percentile, and what is required; each row on a scale of its own.
#
# $runs: place, height.  $boxes: row, p5, p95, low mean high, low p95 high.  $bounds: place, row.
# Places are shares of the scale.  rows_shown, bounds_shown, name_of[], asked_of[], mean_of[], top_of[],
# tics_shown, tic_at[], tic_row[], tic_text[].

picture_height = 150 + 82 * rows_shown
if (picture_height < 300) { picture_height = 300 }

picture_least = 1000
load './common.gp'

set xrange [0:1]
set yrange [rows_shown + 0.75:0.5]
unset xtics
unset ytics
box_low(row) = row - 0.2
box_high(row) = row + 0.2

if (!plain) {
    frame_left = from_left(330)
    frame_right = from_right(310)
    set lmargin at screen frame_left
    set rmargin at screen frame_right
    set bmargin at screen from_bottom(62)
    unset border
    unset grid
    unset xlabel
    unset key
    # The legend, along the bottom.
    array legend_at[5] = [20, 190, 270, 480, 690]
    array legend[5] = ['5 % to 95 % of the runs', 'a run', 'interval of their mean', 'interval of their p95', 'required']
    legend_y = from_bottom(36)
    do for [i = 1:5] { set label 50 + i legend[i] at screen from_left(legend_at[i] + 34),legend_y left noenhanced font text_font textcolor rgb ink }
    set object 50 rectangle from screen from_left(20),legend_y - from_bottom(7) to screen from_left(46),legend_y + from_bottom(7) fillcolor rgb line_colour[5] fillstyle solid 0.3 noborder
    set label 56 '' at screen from_left(212),legend_y point pointtype 7 pointsize 0.35 linecolor rgb line_colour[1]
    set arrow 53 from screen from_left(270),legend_y to screen from_left(296),legend_y nohead linewidth 6 linecolor rgb ink
    set arrow 54 from screen from_left(480),legend_y to screen from_left(506),legend_y nohead linewidth 4 linecolor rgb most
    set arrow 55 from screen from_left(690),legend_y to screen from_left(716),legend_y nohead linewidth 1.8 dashtype 2 linecolor rgb bad
    do for [i = 1:rows_shown] {
        set label 100 + i clip(name_of[i], 44) at screen from_left(20),first i - 0.12 left noenhanced font text_font textcolor rgb ink
        set label 200 + i clip(asked_of[i], 50) at screen from_left(20),first i + 0.12 left noenhanced font source_font textcolor rgb faint
        set label 300 + i clip(mean_of[i], 44) at screen frame_right + from_left(14),first i - 0.12 left noenhanced font text_font textcolor rgb ink
        set label 400 + i clip(top_of[i], 50) at screen frame_right + from_left(14),first i + 0.12 left noenhanced font source_font textcolor rgb faint
        set arrow 100 + i from graph 0,first i + 0.3 to graph 1,first i + 0.3 nohead linecolor rgb faint linewidth 1
    }
    do for [i = 1:tics_shown] {
        set arrow 200 + i from first tic_at[i],first tic_row[i] + 0.3 to first tic_at[i],first tic_row[i] + 0.34 nohead back linecolor rgb faint linewidth 1
        set label 500 + i tic_text[i] at first tic_at[i],first tic_row[i] + 0.43 center noenhanced font source_font textcolor rgb faint
    }
    set style fill transparent solid 0.3 noborder
    plot $boxes using 2:1:2:3:(box_low($1)):(box_high($1)) with boxxyerror linecolor rgb line_colour[5], \
         $runs using 1:2 with points pointtype 7 pointsize 0.35 linecolor rgb line_colour[1], \
         $boxes using 4:1:($6 - $4):(0) with vectors nohead linewidth 6 linecolor rgb ink, \
         $boxes using 7:($1 + 0.14):($9 - $7):(0) with vectors nohead linewidth 4 linecolor rgb most, \
         for [i = 1:(bounds_shown > 0)] $bounds using 1:(box_low($2) - 0.08):(0):(0.5) with vectors nohead linewidth 1.8 dashtype 2 linecolor rgb bad
} else {
    set lmargin 38
    do for [i = 1:rows_shown] {
        set label 100 + i clip(name_of[i], 36) at graph 0,first i right offset -1,0 noenhanced
        set label 200 + i clip(mean_of[i], 36) at graph 0,first i right offset -1,-1 noenhanced
    }
    set label 3 clip('( 5 %   ) 95 % of the runs   * mean   | required; each row has its own scale', columns - 2) at character 0,rows - 3 left noenhanced
    plot $boxes using 2:1 with points pointtype '(', \
         $boxes using 3:1 with points pointtype ')', \
         for [i = 1:(bounds_shown > 0)] $bounds using 1:2 with points pointtype '|', \
         $boxes using 5:1 with points pointtype '*'
}
