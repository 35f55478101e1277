# Picture "tornado": one-at-a-time changes as bars from the value of the scenario as it is.
#
# $data: row, value, low, high, 1 where another path begins.
# x_label, bar_count, label_of[], text_of[], base, base_text, bounds, bound, bound_text.

picture_height = 170 + 24 * bar_count
if (picture_height < 300) { picture_height = 300 }

picture_least = 900
load './common.gp'

set xlabel x_label noenhanced
set yrange [bar_count + 0.6:0.4]
unset ytics
unset key

if (!plain) {
    frame_left = from_left(360)
    frame_right = from_right(180)
    frame_top = from_top(bare ? 50 : 100)
    set lmargin at screen frame_left
    set rmargin at screen frame_right
    set tmargin at screen frame_top
    set grid noytics
    set grid xtics back linetype 1 linewidth 0.8 linecolor rgb rule
    set border 1 linecolor rgb faint
    set arrow 20 from first base,graph 0 to first base,graph 1 nohead front linecolor rgb ink linewidth 1.4
    set label 20 'as it is: ' . base_text at first base,graph 1 center offset 0,0.7 noenhanced font text_font textcolor rgb ink
    if (bounds) {
        set arrow 40 from first bound,graph 0 to first bound,graph 1 nohead front linecolor rgb bad linewidth 1.4 dashtype 2
        set label 40 'required: ' . bound_text at screen frame_right + from_left(12),graph 1 left offset 0,0.7 noenhanced front font text_font textcolor rgb bad
    }
    do for [i = 1:bar_count] {
        set label 100 + i clip(label_of[i], 48) at screen frame_left - from_left(12),first i right noenhanced font text_font textcolor rgb ink
        set label 300 + i clip(text_of[i], 24) at screen frame_right + from_left(12),first i left noenhanced font text_font textcolor rgb ink
        if (i > 1 && real(word($data[i], 5)) > 0) { set arrow 500 + i from graph 0,first i - 0.5 to graph 1,first i - 0.5 nohead back linecolor rgb rule linewidth 0.8 }
    }
    set style fill solid 1.0 noborder
    set bars 0.5
    plot $data using (base):1:(base < $2 ? base : $2):(base < $2 ? $2 : base):($1 - 0.34):($1 + 0.34) with boxxyerror linecolor rgb line_colour[5] notitle, \
         $data using 2:1:3:4 with xerrorbars pointtype 7 pointsize 0.4 linewidth 1.5 linecolor rgb line_colour[1] notitle
} else {
    set lmargin 40
    set arrow 20 from first base,graph 0 to first base,graph 1 nohead
    do for [i = 1:bar_count] { set label 100 + i clip(label_of[i], 38) at graph 0,first i right offset -1,0 noenhanced }
    set label 3 clip('* then   | as it is: ' . base_text, columns - 2) at character 0,rows - 3 left noenhanced
    plot $data using 2:1 with points pointtype '*'
}
