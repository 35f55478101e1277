# What all figures share: terminal, words around the picture, axes, marks.
#
# Set before this is loaded, by sim/results: format, columns, rows, bare (pixels of width where
# headline and detail are shown elsewhere, else 0), headline, detail, source, y_label, marks,
# mark_at[], mark_row[], mark_lines, mark_line[], tics, and what the figure's own script names.
# Texts may hold anything a user can name: they are only ever shown, and always with
# `noenhanced`.  Tic labels are formats to gnuplot and never hold such texts.

load './colours.gp'

set encoding utf8

plain = format eq 'dumb'
if (!exists('picture_least')) { picture_least = 0 } # pixels of width that a figure needs
picture_width = !bare ? 1200 : bare > picture_least ? bare : picture_least
if (!exists('picture_height')) { picture_height = bare ? ceil(0.6 * picture_width) : 700 }
if (format eq 'svg') { set terminal svg size picture_width,picture_height noenhanced font 'sans-serif,13' background '#ffffff' dashlength 0.7 }
if (format eq 'png') { set terminal pngcairo size picture_width,picture_height noenhanced font 'sans-serif,10' background '#ffffff' dashlength 0.7 }
if (plain) { set terminal dumb nofeed size columns,rows noenhanced mono }

# A script that was kept beside its picture writes that file.
if (exists('picture_file')) { set output picture_file }

# Places are in pixels from an edge of the picture; widths are from_left.
from_left(x)   = x / (1.0 * picture_width)
from_right(x)  = 1 - from_left(x)
from_top(y)    = 1 - y / (1.0 * picture_height)
from_bottom(y) = y / (1.0 * picture_height)

# Sizes of letters are in pixels; pngcairo takes points.
font_of(pixels) = sprintf('sans-serif,%g', format eq 'png' ? pixels * 0.75 : pixels)
headline_font = font_of(17)
detail_font   = font_of(13)
text_font     = font_of(12)
source_font   = font_of(11)

room(characters) = ceil(characters * picture_width / 1200.0) # of a line across the picture
clip(text, most) = strlen(text) > most ? text[1:most - 1] . '…' : text

# The frame; under the time axis stand a line for each mark and the source.
frame_left   = from_left(85)
frame_right  = from_right(225)
frame_top    = from_top(bare ? 30 : 80)
frame_bottom = from_bottom(82 + 21 * mark_lines)
key_left     = from_right(213)

if (!plain) {
    set lmargin at screen frame_left
    set rmargin at screen frame_right
    set tmargin at screen frame_top
    set bmargin at screen frame_bottom
    set border 3 linecolor rgb faint
    set tics nomirror out scale 0.6 textcolor rgb ink
    set grid ytics front linetype 1 linewidth 0.8 linecolor rgb rule
    set xlabel textcolor rgb ink offset 0,0.4
    if (!bare) { set label 1 clip(headline, 130) at screen from_left(20),from_top(25) left noenhanced font headline_font textcolor rgb ink }
    if (!bare) { set label 2 clip(detail, 165) at screen from_left(20),from_top(52) left noenhanced font detail_font textcolor rgb faint }
    set label 3 clip(source, room(180)) at screen from_right(15),from_bottom(12) right noenhanced font source_font textcolor rgb faint
    set label 4 y_label at screen from_left(15),0.5 * (frame_top + frame_bottom) center rotate by 90 noenhanced textcolor rgb ink
    do for [i = 1:mark_lines] {
        set label 10 + i clip(mark_line[i], room(175)) at screen frame_left,from_bottom(13 + 21 * (mark_lines - i + 1)) left noenhanced font text_font textcolor rgb ink
    }
    set key at screen key_left,frame_bottom left bottom Left reverse noenhanced samplen 1.2 spacing 1.25 maxrows 20 font text_font textcolor rgb ink
}
if (plain) {
    set border 3
    set tics nomirror scale 0.5
    set tmargin 4
    set bmargin 3 + mark_lines
    set rmargin 2
    unset key
    # A finding that is too long for a line goes on in the second, before the detail.
    first_line = headline
    second_line = detail
    if (strlen(headline) > columns - 2) {
        cut = 0
        do for [k = columns - 1:20:-1] { if (cut == 0 && headline[k:k] eq ' ') { cut = k } }
        if (cut > 0) {
            first_line = headline[1:cut - 1]
            second_line = headline[cut + 1:strlen(headline)] . (strlen(detail) ? '; ' . detail : '')
        }
    }
    set label 1 clip(first_line, columns - 2) at character 0,rows - 1 left noenhanced
    set label 2 clip(second_line, columns - 2) at character 0,rows - 2 left noenhanced
    do for [i = 1:mark_lines] {
        set label 10 + i clip(mark_line[i], columns - 2) at character 0,mark_lines - i left noenhanced
    }
}

# A change: a vertical line, its number in a box on the time axis, the higher the nearer the
# number before it.  (Not `boxed`: the svg terminal fills such boxes with white only.)
# Characters have room for a few lines.
if (!plain) { set style arrow 1 nohead front linecolor rgb ink linewidth 1.1 dashtype 2 }
mark_place(i) = frame_bottom + from_bottom(13 + 22 * mark_row[i])
do for [i = 1:marks] {
    if (!plain) {
        set arrow 100 + i from first mark_at[i],screen mark_place(i) + from_bottom(9) to first mark_at[i],graph 1 arrowstyle 1
        set object 100 + i rectangle center first mark_at[i],screen mark_place(i) size screen from_left(i < 10 ? 17 : 24),screen from_bottom(18) front fillcolor rgb ink fillstyle solid noborder
        set label 100 + i sprintf('%d', i) at first mark_at[i],screen mark_place(i) center front noenhanced font text_font textcolor rgb 0xFFFFFF
    } else {
        if (marks <= 5) { set arrow 100 + i from first mark_at[i],graph 0 to first mark_at[i],graph 1 nohead }
        if (mark_row[i] == 0) { set label 100 + i sprintf('%d', i) at first mark_at[i],graph 1 center offset 0,1 noenhanced }
    }
}
