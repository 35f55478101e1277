# Picture "bands": ports in use as a share of the capacity, median and 5th to 95th percentile of
# the replications; below it, if anybody fails, the share of an application's attempts that do.
#
# $use, $failing_share: time, low, median, high.  runs, warm_up, last, use_axis, limits, capacity_text,
# failing, failing_axis, failing_title.

load './common.gp'

band_colour = line_colour[1]
fail_colour = failure_EADDRNOTAVAIL

gap = from_bottom(34)
lower = failing ? 0.28 * (frame_top - frame_bottom) : 0
band_name = sprintf('5 %% to 95 %% of %d runs', runs)

if (!plain) {
    set key at screen key_left,frame_top left top
    set style fill transparent solid 0.25 noborder
    set multiplot
    if (warm_up > 0) {
        set object 20 rectangle from graph 0,graph 0 to first warm_up,graph 1 behind fillcolor rgb faint fillstyle solid 0.14 noborder
    }
    if (failing) {
        eval failing_axis
        set tmargin at screen frame_bottom + lower - gap
        set label 6 failing_title at graph 0,1 left offset 0,0.8 noenhanced font text_font textcolor rgb ink
        set key off
        unset label 4
        plot $failing_share using 1:2:4 with filledcurves linecolor rgb fail_colour notitle, \
             $failing_share using 1:3 with lines linewidth 1.8 linecolor rgb fail_colour notitle
        # Words, numbers of marks and the time axis once; the lines of the marks in both panels.
        do for [k = 1:19] { unset label k }
        do for [k = 1:marks] {
            unset label 100 + k
            unset object 100 + k
            set arrow 100 + k from first mark_at[k],graph 0 to first mark_at[k],graph 1 arrowstyle 1
        }
        unset xtics
        unset xlabel
        set bmargin at screen frame_bottom + lower
        set tmargin at screen frame_top
        set key on
        set label 4 y_label at screen from_left(15),0.5 * (frame_top + frame_bottom + lower) center rotate by 90 noenhanced textcolor rgb ink
    }
    eval use_axis
    if (warm_up > 0) {
        if (warm_up > 0.15 * last) { set label 20 'warm-up' at first warm_up,graph 0.06 right offset -0.6,0 front noenhanced font text_font textcolor rgb faint
        } else { set label 20 'warm-up' at first warm_up,graph 0.06 left offset 0.6,0 front noenhanced font text_font textcolor rgb faint }
    }
    if (limits) {
        set arrow 21 from graph 0,first 1 to graph 1,first 1 nohead front linecolor rgb limit linewidth 1.6
        set arrow 22 from graph 0,first 0.8 to graph 1,first 0.8 nohead front linecolor rgb limit linewidth 1 dashtype 2
        set label 21 capacity_text at screen key_left,first 1 left noenhanced front font text_font textcolor rgb ink
        set label 22 '80 %' at screen key_left,first 0.8 left noenhanced front font text_font textcolor rgb ink
        set key at screen key_left,frame_bottom + lower left bottom
    }
    plot $use using 1:2:4 with filledcurves linecolor rgb band_colour title band_name, \
         $use using 1:3 with lines linewidth 1.8 linecolor rgb band_colour title 'median of the runs'
    unset multiplot
} else {
    eval use_axis
    legend = '* median   . ' . band_name
    if (limits) {
        legend = legend . '   - 80 %, ' . capacity_text
        set arrow 21 from graph 0,first 1 to graph 1,first 1 nohead
        set arrow 22 from graph 0,first 0.8 to graph 1,first 0.8 nohead
    }
    if (warm_up > 0) {
        legend = legend . '   | warm-up ends'
        set arrow 23 from first warm_up,graph 0 to first warm_up,graph 1 nohead
    }
    set label 3 clip(legend, columns - 2) at character 0,rows - 3 left noenhanced
    plot $use using 1:2 with points pointtype '.', \
         $use using 1:4 with points pointtype '.', \
         $use using 1:3 with points pointtype '*'
}
