# Figure "outcomes": attempts, successes and failures per second, one panel an application.
#
# $data: one index a panel: time, attempts, upper edges of successes and of each code.
# panels, title_of[], tics_of[], top_of[], codes, code[], more_apps.

# Two panels fill the usual picture; each further one makes it higher.
if (panels > 2) { picture_height = 162 + 21 * mark_lines + 150 * panels }

load './common.gp'

colour(name) = exists('failure_' . name) ? value('failure_' . name) : failure_other
failed(codes) = column(codes + 3) - column(3)

# Panels share the time axis, which stands under the lowest.  In characters there is room for
# one panel only, the worst application's.
shown = plain ? 1 : panels
gap = from_bottom(36)
height = (frame_top - from_bottom(18) - frame_bottom - (shown - 1) * gap) / shown

if (!plain) {
    set key off at screen key_left,frame_top - from_bottom(12) left top
    if (more_apps > 0) { set label 5 sprintf('and %d more application%s', more_apps, more_apps > 1 ? 's' : '') at screen key_left,frame_bottom left noenhanced font text_font textcolor rgb faint }
}

set style fill solid 1.0 noborder
area_colour(k) = k > 1 ? colour(code[k - 1]) : success
area_name(k)   = k > 1 ? code[k - 1] : 'successes'

set multiplot
do for [i = shown:1:-1] {
    eval tics_of[i]
    set yrange [0:top_of[i]]
    if (!plain) {
        set bmargin at screen frame_bottom + (shown - i) * (height + gap)
        set tmargin at screen frame_bottom + (shown - i) * (height + gap) + height
        set label 6 clip(title_of[i], 100) at graph 0,1 left offset 0,0.8 noenhanced font text_font textcolor rgb ink
        plot for [k = codes + 1:1:-1] $data index i - 1 using 1:(k > 1 ? column(k + 1) : 0):(column(k + 2)) with filledcurves linecolor rgb area_colour(k) notitle, \
             $data index i - 1 using 1:2 with lines linewidth 1 linecolor rgb ink notitle
    } else {
        legend = '. attempts   o successes   x failures   of ' . title_of[i]
        set label 3 clip(legend, columns - 2) at character 0,rows - 3 left noenhanced
        plot $data index i - 1 using 1:2 with points pointtype '.', \
             $data index i - 1 using 1:3 with points pointtype 'o', \
             $data index i - 1 using 1:(failed(codes) > 0 ? failed(codes) : NaN) with points pointtype 'x'
    }
    # Words, numbers of marks and the time axis once; the lines of the marks in every panel.
    do for [k = 1:19] { unset label k }
    do for [k = 1:marks] {
        unset label 100 + k
        unset object 100 + k
        if (!plain) { set arrow 100 + k from first mark_at[k],graph 0 to first mark_at[k],graph 1 arrowstyle 1 }
    }
    unset xtics
    unset xlabel
}
if (!plain) {
    # The legend, in a frame of its own: one panel would be too low for all its entries.
    set bmargin at screen frame_bottom
    set tmargin at screen frame_top
    do for [k = 1:marks] { unset arrow 100 + k }
    unset border
    unset ytics
    unset grid
    set key on
    plot for [k = codes + 1:1:-1] NaN with filledcurves y1=0 linecolor rgb area_colour(k) title area_name(k), \
         NaN with lines linewidth 1 linecolor rgb ink title 'attempts'
}
unset multiplot
