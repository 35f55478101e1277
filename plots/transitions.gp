# Figure "transitions": the state diagram of TCP, with what the sockets of a host did.
#
# Of each edge A to B: count_A_B, times_A_B, when_A_B.  Of each state A: now_A; what leaves it
# outside the diagram, out_A (how often), out_1_A (to CLOSED), out_2_A (elsewhere).
# taken, taken_line[].

load './common.gp'

unset border
unset xtics
unset ytics
unset grid
unset key
set xrange [0:140]
set yrange [0:70]

# Boxes: name, middle, and the way of its stub (x, y; 0 0: it has none).
$boxes << EOD
CLOSED        70 66   0  0
LISTEN        34 56   0  0
SYN_SENT     106 56   1  0
SYN_RECEIVED  34 44  -1  0
ESTABLISHED   70 38   0 -1
FIN_WAIT_1    34 28  -1  0
CLOSE_WAIT   106 28   1  0
CLOSING       70 21   1  0
FIN_WAIT_2    34 12  -1  0
LAST_ACK     106 12   1  0
TIME_WAIT     70  6   1  0
BOUND        106 66   1  0
EOD
# Edges: from, to, the arrow's ends, where its words stand and to which side.
$edges << EOD
CLOSED       LISTEN        60.5 65   40 59.1   47   63.5 right
CLOSED       SYN_SENT      79.5 63.6 100 59.1  86.5 60 right
CLOSED       BOUND         79.5 65 96.5 65 88   67.3 center
LISTEN       SYN_RECEIVED  34   52.9 34 47.1   35   50   left
LISTEN       SYN_SENT      43.5 56   96.5 56   70   57.2 center
SYN_SENT     SYN_RECEIVED  96.5 54.5 43.5 45.5 58   50.6 right
SYN_SENT     ESTABLISHED  100   52.9 77 41.1   89.5 45.6 left
SYN_RECEIVED ESTABLISHED   43.5 43   60.5 39.5 51   44   left
SYN_RECEIVED FIN_WAIT_1    34   40.9 34 31.1   33   36   right
ESTABLISHED  FIN_WAIT_1    60.5 36   43.5 29.5 51   34.4 right
ESTABLISHED  CLOSE_WAIT    79.5 36   96.5 29.5 89   34.8 left
FIN_WAIT_1   FIN_WAIT_2    34   24.9 34 15.1   35   20   left
FIN_WAIT_1   CLOSING       43.5 26.5 60.5 22   50   26.5 left
FIN_WAIT_2   TIME_WAIT     43.5 11   60.5 7    52   11.3 left
CLOSING      TIME_WAIT     70   17.9 70  9.1   71   13.5 left
CLOSE_WAIT   LAST_ACK     106   24.9 106 15.1 107   20   left
EOD

if (!plain) {
    frame_top = from_top(72)
    set lmargin at screen from_left(20)
    set rmargin at screen from_right(20)
    set tmargin at screen frame_top
    set bmargin at screen from_bottom(40)
    dark_states = 'ESTABLISHED CLOSING LAST_ACK FIN_WAIT_2'
    is_dark(name) = strstrt(' ' . dark_states . ' ', ' ' . name . ' ') > 0
    paint(name) = exists('state_' . name) ? value('state_' . name) : 0xFFFFFF
    half_width = 9.5
    half_height = 3.1

    width(n) = n > 0 ? 1 + 0.6 * log10(n) : 0.8
    pale = 0xC4C9CE
    tint(n) = n > 0 ? ink : pale
    do for [i = 1:|$edges|] {
        edge = word($edges[i], 1) . '_' . word($edges[i], 2)
        n = value('count_' . edge)
        if (n == 0 && word($edges[i], 2) eq 'BOUND') { continue }
        set arrow i from real(word($edges[i], 3)),real(word($edges[i], 4)) to real(word($edges[i], 5)),real(word($edges[i], 6)) head filled size screen 0.008,20 front linewidth width(n) linecolor rgb tint(n)
        at_x = real(word($edges[i], 7))
        at_y = real(word($edges[i], 8))
        side = word($edges[i], 9)
        words = value('when_' . edge) . (n > 0 ? "\n" . value('times_' . edge) : '')
        if (side eq 'left')   { set label 100 + i words at at_x,at_y + 0.9 * (n > 0) left front noenhanced font text_font textcolor rgb (n > 0 ? ink : 0x9AA1A8) }
        if (side eq 'right')  { set label 100 + i words at at_x,at_y + 0.9 * (n > 0) right front noenhanced font text_font textcolor rgb (n > 0 ? ink : 0x9AA1A8) }
        if (side eq 'center') { set label 100 + i words at at_x,at_y + 0.9 * (n > 0) center front noenhanced font text_font textcolor rgb (n > 0 ? ink : 0x9AA1A8) }
    }
    do for [i = 1:|$boxes|] {
        name = word($boxes[i], 1)
        x = real(word($boxes[i], 2))
        y = real(word($boxes[i], 3))
        way_x = real(word($boxes[i], 4))
        way_y = real(word($boxes[i], 5))
        n = value('out_' . name)
        now = value('now_' . name)
        if (name eq 'BOUND' && n == 0 && now eq '') { continue }
        set object i rectangle center x,y size 2 * half_width,2 * half_height front fillcolor rgb paint(name) fillstyle solid border linecolor rgb faint
        set label 200 + i name at x,y + (now eq '' ? 0 : 1.1) center front noenhanced font detail_font textcolor rgb (is_dark(name) ? 0xFFFFFF : ink)
        set label 300 + i now at x,y - 1.3 center front noenhanced font source_font textcolor rgb (is_dark(name) ? 0xFFFFFF : ink)
        if (way_x == 0 && way_y == 0) { continue }
        set arrow 400 + i from x + way_x * half_width,y + way_y * half_height to x + way_x * (half_width + 4),y + way_y * (half_height + 3) head filled size screen 0.006,20 front linewidth width(n) linecolor rgb tint(n)
        to_closed = 'CLOSED ' . value('out_1_' . name)
        words = (value('out_1_' . name) eq '' && n > 0 ? '' : to_closed) . (value('out_2_' . name) eq '' ? '' : "\n" . value('out_2_' . name))
        if (way_x > 0) { set label 400 + i words at x + half_width + 5.2,y left front noenhanced font text_font textcolor rgb (n > 0 ? ink : 0x9AA1A8) }
        if (way_x < 0) { set label 400 + i words at x - half_width - 5.2,y right front noenhanced font text_font textcolor rgb (n > 0 ? ink : 0x9AA1A8) }
        if (way_y < 0) { set label 400 + i words at x,y - half_height - 4.2 center front noenhanced font text_font textcolor rgb (n > 0 ? ink : 0x9AA1A8) }
    }
    set label 5 'whole run, warm-up included; widths by the logarithm of the count; pale: never taken' at screen from_left(20),from_bottom(12) left noenhanced font source_font textcolor rgb faint
    plot NaN notitle
} else {
    # A list instead of a diagram, in two columns where there is room.
    set tmargin 3
    unset xlabel
    rows_shown = rows - 5
    set label 3 'from > to, times in the whole run' at character 0,rows - 3 left noenhanced
    do for [i = 1:(taken < rows_shown ? taken : rows_shown)] {
        set label 100 + i clip(taken_line[i], columns - 2) at character 0,rows - 4 - i left noenhanced
    }
    if (taken > rows_shown) { set label 99 sprintf('and %d more', taken - rows_shown) at character 0,0 left noenhanced }
    plot NaN notitle
}
