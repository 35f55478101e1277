# Figure "ports": which state holds which ports, over time.
#
# $<STATE>_<shade>: pieces of rows, two points each: time, middle of the row.  Shades: 1 to 3,
# from hardly held to full.  $reserved_box, $outside_box: begin, end, lowest row, highest.
# $characters: time, row, state.  port_rows, states, state[], reserved, outside.

# Rows of whole pixels, so that nothing shows through between them: the picture is as high as
# that takes, near to what others are.
around = 21 * mark_lines + (bare ? 112 : 162)
row_height = int(((bare ? 0.6 * bare : 700) - around) / port_rows + 0.5)
if (row_height < 1) { row_height = 1 }
picture_height = around + row_height * port_rows

load './common.gp'

set yrange [0:port_rows]
unset grid

if (!plain) {
    set border 3 front linecolor rgb faint

    # Mixed with the white of the paper, channel by channel.
    part(colour, shift) = (colour >> shift) & 255
    mixed(channel, much) = int(255 - (255 - channel) * much + 0.5)
    pale(colour, much) = (mixed(part(colour, 16), much) << 16) + (mixed(part(colour, 8), much) << 8) + mixed(part(colour, 0), much)
    array much_of[3] = [0.35, 0.65, 1.0]
    colour(name) = value('state_' . name)
    block(name, shade) = '$' . name . sprintf('_%d', shade)

    set style fill pattern 4 noborder
    plot for [i = 1:(outside > 0)] $outside_box using 1:3:1:2:3:4 with boxxyerror fillstyle solid 1.0 noborder fillcolor rgb beyond title 'outside the range', \
         for [i = 1:(reserved > 0)] $reserved_box using 1:3:1:2:3:4 with boxxyerror fillstyle pattern 4 noborder fillcolor rgb faint title 'reserved', \
         for [i = states:1:-1] for [s = 1:3] block(state[i], s) using 1:2 with lines linewidth row_height linecolor rgb pale(colour(state[i]), much_of[s]) notitle, \
         for [i = states:1:-1] keyentry with boxes fillstyle solid 1.0 noborder fillcolor rgb colour(state[i]) title state[i]
} else {
    letter(name) = value('letter_' . name)
    legend = ''
    do for [i = states:1:-1] { legend = legend . sprintf('%s %s   ', letter(state[i]), state[i]) }
    if (reserved) { legend = legend . '# reserved   ' }
    if (outside) { legend = legend . '_ outside the range' }
    set label 3 clip(legend, columns - 2) at character 0,rows - 3 left noenhanced
    drawn(name) = (strcol(3) eq name ? column(2) : NaN)
    plot for [i = 1:states] $characters using 1:(drawn(state[i])) with points pointtype letter(state[i]), \
         for [i = 1:reserved] $characters using 1:(drawn('reserved')) with points pointtype '#', \
         for [i = 1:outside] $characters using 1:(drawn('outside')) with points pointtype '_'
}
