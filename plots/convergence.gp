# Picture "convergence": left, a metric over time averaged over the runs, with its moving mean and
# where MSER-5 would begin; right, how well its mean is known after so many runs.
#
# $course: time, mean, moving mean.  $errors: runs, share.  courses, studies, left_axes,
# right_axes, left_title, right_title, time_label, last, warm_up, cut, steady, precision, asked_text, reached, reached_text.

load './common.gp'

frame_top = from_top(98)
if (!plain) { set tmargin at screen frame_top }

middle = 0.5 * (frame_left + from_right(40))
both = courses && studies

unset key
if (!plain) {
    set multiplot
    set xlabel time_label noenhanced
    if (courses) {
        set rmargin at screen (both ? middle - from_left(30) : from_right(40))
        eval left_axes
        set label 6 left_title at graph 0,1 left offset 0,0.8 noenhanced font text_font textcolor rgb ink
        # The beginning that is left out, and the one that MSER-5 would leave out.
        if (warm_up > 0) {
            set object 20 rectangle from graph 0,graph 0 to first warm_up,graph 1 behind fillcolor rgb faint fillstyle solid 0.14 noborder
            if (warm_up > 0.3 * last) { set label 20 'warm-up' at first warm_up,graph 0.05 right offset -0.6,0 front noenhanced font text_font textcolor rgb faint
            } else { set label 20 'warm-up' at first warm_up,graph 0.05 left offset 0.6,0 front noenhanced font text_font textcolor rgb faint }
        }
        if (cut > 0) {
            set arrow 21 from first cut,graph 0 to first cut,graph 1 nohead front linecolor rgb bad linewidth 1.4 dashtype 2
            set label 21 'MSER-5' at first cut,graph 0.97 left offset 0.5,0 front noenhanced font text_font textcolor rgb bad
        }
        plot $course using 1:2 with lines linewidth 1 linecolor rgb line_colour[5] notitle, \
             $course using 1:3 with lines linewidth 2.2 linecolor rgb line_colour[1] notitle
        do for [k = 1:21] { unset label k }
        unset object 20
        unset arrow 21
    }
    if (studies) {
        set lmargin at screen (both ? middle + from_left(60) : frame_left)
        set rmargin at screen from_right(40)
        set xlabel 'runs'
        set label 4 '' at screen 0,0
        eval right_axes
        set label 6 right_title at graph 0,1 left offset 0,0.8 noenhanced font text_font textcolor rgb ink
        if (precision > 0) {
            set arrow 22 from graph 0,first precision to graph 1,first precision nohead front linecolor rgb bad linewidth 1.4 dashtype 2
            set label 22 asked_text at graph 0,first precision left offset 0.5,0.6 front noenhanced font text_font textcolor rgb bad
        }
        if (reached > 0) {
            set arrow 23 from first reached,graph 0 to first reached,first precision nohead front linecolor rgb good linewidth 1.6
            set label 23 reached_text at first reached,graph 0.05 right offset -0.6,0 front noenhanced font text_font textcolor rgb good
        }
        plot $errors using 1:2 with linespoints pointtype 7 pointsize 0.45 linewidth 1.6 linecolor rgb line_colour[1] notitle
    }
    unset multiplot
} else {
    if (studies) {
        set xlabel 'runs'
        eval right_axes
        set label 3 clip('* how far the mean may be off' . (precision > 0 ? '   - ' . asked_text : ''), columns - 2) at character 0,rows - 3 left noenhanced
        if (precision > 0) { set arrow 22 from graph 0,first precision to graph 1,first precision nohead }
        plot $errors using 1:2 with points pointtype '*'
    } else {
        set xlabel time_label noenhanced
        eval left_axes
        set label 3 clip('. mean of each bin   * moving mean' . (warm_up > 0 ? '   | warm-up ends' : ''), columns - 2) at character 0,rows - 3 left noenhanced
        if (warm_up > 0) { set arrow 20 from first warm_up,graph 0 to first warm_up,graph 1 nohead }
        plot $course using 1:2 with points pointtype '.', $course using 1:3 with points pointtype '*'
    }
}
