# Picture "fairness": the share that each application loses, and the Lorenz curve of failures
# over attempts.
#
# $bars: row, share, low, high.  $lorenz: per cent of attempts, of failures.
# bars, more_apps, ranged, label_of[], text_of[]; the tics and the range of x are those of the bars.

picture_height = 600

picture_least = 1200
load './common.gp'

set yrange [bars + 0.6:0.4]
unset ytics
set style fill solid 1.0 noborder

if (!plain) {
    unset key
    frame_top = from_top(105)
    set tmargin at screen frame_top
    set multiplot
    # Bars, each with its name and its numbers above it where there is room for them.
    set lmargin at screen from_left(150)
    set rmargin at screen from_left(560)
    set grid noytics
    set grid xtics back linetype 1 linewidth 0.8 linecolor rgb rule
    set border 1 linecolor rgb faint
    set xlabel 'share of its attempts that fails' noenhanced
    thick = bars > 3 ? 0.28 : 0.07 * bars # not as thick as the frame allows
    do for [i = 1:bars] {
        set label 100 + i label_of[i] at screen from_left(140),first i right noenhanced font text_font textcolor rgb ink
        set label 200 + i text_of[i] at screen from_left(572),first i left noenhanced font text_font textcolor rgb ink
    }
    if (more_apps > 0) { set label 5 sprintf('and %d more that lose less', more_apps) at screen from_left(140),from_bottom(40) left noenhanced font text_font textcolor rgb faint }
    set label 6 'share of how many attempts' at screen from_left(572),frame_top + from_bottom(14) left noenhanced font text_font textcolor rgb faint
    set bars 0.5
    plot $bars using (0.5 * $2):1:(0.5 * $2):(thick) with boxxyerror linecolor rgb bad notitle, \
         for [k = 1:ranged] $bars using 2:1:3:4 with xerrorbars pointtype 7 pointsize 0.01 linewidth 1.5 linecolor rgb ink notitle

    # Labels, once: the words stand on the page, not in a panel.
    do for [k = 1:6] { unset label k }
    do for [i = 1:bars] { unset label 100 + i; unset label 200 + i }
    set lmargin at screen from_left(840)
    set rmargin at screen from_left(1175)
    set xrange [0:100]
    set yrange [0:100]
    set xtics nomirror out scale 0.6 textcolor rgb ink 0,25,100
    set ytics nomirror out scale 0.6 textcolor rgb ink 0,25,100
    set grid xtics ytics back linetype 1 linewidth 0.8 linecolor rgb rule
    set border 3 linecolor rgb faint
    set xlabel 'attempts, who loses least first (%)' noenhanced
    set label 4 'failures (%)' at graph 0,1 left offset 0,0.8 noenhanced font text_font textcolor rgb ink
    set label 7 'all lose alike' at graph 0.52,0.55 right noenhanced font text_font textcolor rgb faint
    set style fill transparent solid 0.16 noborder
    plot $lorenz using 1:1:2 with filledcurves linecolor rgb bad notitle, \
         $lorenz using 1:1 with lines linewidth 1.2 dashtype 2 linecolor rgb faint notitle, \
         $lorenz using 1:2 with linespoints pointtype 7 pointsize 0.7 linewidth 2 linecolor rgb bad notitle
    unset multiplot
} else {
    set lmargin 22
    set xlabel 'share of its attempts that fails' noenhanced
    do for [i = 1:bars] { set label 100 + i label_of[i] at graph 0,first i right offset -1,0 noenhanced }
    set label 3 clip('* share   ( low   ) high', columns - 2) at character 0,rows - 3 left noenhanced
    plot $bars using 3:1 with points pointtype '(', $bars using 4:1 with points pointtype ')', $bars using 2:1 with points pointtype '*'
}
