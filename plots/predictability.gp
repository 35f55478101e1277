# Picture "predictability": bits that must be guessed of the next port, with their intervals.
#
# $data: row, then mean, low, high for who knows the last port toward the server, the same for
# who saw every choice, the bits of a uniform choice.
# rows_shown, label_of[], odds_of[] (two a row), limit_at, limit_text.

picture_height = 200 + 30 * rows_shown
if (picture_height < 320) { picture_height = 320 }

picture_least = 1200
load './common.gp'

set xlabel 'bits to be guessed' noenhanced
set yrange [rows_shown + 0.6:0.4]
unset ytics

if (!plain) {
    frame_left = from_left(215)
    frame_right = from_left(860)
    frame_top = from_top(112)
    set lmargin at screen frame_left
    set rmargin at screen frame_right
    set tmargin at screen frame_top
    set grid noytics
    set grid xtics back linetype 1 linewidth 0.8 linecolor rgb rule
    set border 1 linecolor rgb faint
    unset key
    set arrow 20 from first limit_at,graph 0 to first limit_at,graph 1 nohead back linecolor rgb limit linewidth 1.4 dashtype 2
    set label 20 limit_text at first limit_at,graph 1 right offset 0,0.6 noenhanced font text_font textcolor rgb limit
    set label 21 '● knows the last port' at screen from_left(1030),from_top(92) right noenhanced font text_font textcolor rgb line_colour[1]
    set label 22 '○ saw every choice' at screen from_left(1180),from_top(92) right noenhanced font text_font textcolor rgb line_colour[2]
    do for [i = 1:rows_shown] {
        set label 100 + i clip(label_of[i], 26) at screen frame_left - from_left(12),first i right noenhanced font text_font textcolor rgb ink
        set label 200 + i odds_of[2 * i - 1] at screen from_left(1030),first i right noenhanced font text_font textcolor rgb ink
        set label 300 + i odds_of[2 * i] at screen from_left(1180),first i right noenhanced font text_font textcolor rgb ink
    }
    set bars 0.4
    plot $data using 5:($1 + 0.14):6:7 with xerrorbars pointtype 6 pointsize 1 linewidth 1.6 linecolor rgb line_colour[2] notitle, \
         $data using 2:($1 - 0.14):3:4 with xerrorbars pointtype 7 pointsize 0.9 linewidth 1.6 linecolor rgb line_colour[1] notitle
} else {
    set lmargin 28
    set arrow 20 from first limit_at,graph 0 to first limit_at,graph 1 nohead
    do for [i = 1:rows_shown] { set label 100 + i clip(label_of[i], 26) at graph 0,first i right offset -1,0 noenhanced }
    set label 3 clip('* knows the last port   o saw every choice   | ' . limit_text, columns - 2) at character 0,rows - 3 left noenhanced
    plot $data using 5:1 with points pointtype 'o', $data using 2:1 with points pointtype '*'
}
