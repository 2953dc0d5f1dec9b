/*
 * An SVG by hand. See plot.h.
 */
#include "plot.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

#define PANELS     2
#define LINES_MAX  8
#define POINTS_MAX 128

#define WIDTH  1120
#define HEIGHT 520
#define TOP    96
#define BOTTOM 440
#define INNER  430 /* width of a panel's axes */
#define CURVE  64  /* points of a distribution */

struct line {
	const char *name;
	size_t n;
	double x[POINTS_MAX];
	double y[POINTS_MAX];
};

struct panel {
	size_t n;
	struct line lines[LINES_MAX];
};

struct bench_plot {
	struct panel panels[PANELS];
};

/* Where a panel is, and what its axes go from and to, in powers of ten. */
struct frame {
	const char *title, *x_title, *y_title;
	double left;
	int x_low, x_high, y_low, y_high;
};

/* Told apart by everyone, also without colours: the names are at the lines. */
static const char *const colours[LINES_MAX] = {
	"#0b62a4", "#d1495b", "#2f855a", "#8a5a00",
	"#6b46c1", "#4a5568", "#b83280", "#2c7a7b",
};

struct bench_plot *bench_plot_open(void)
{
	return bench_need(calloc(1, sizeof(struct bench_plot)));
}

void bench_plot_close(struct bench_plot *plot)
{
	free(plot);
}

static struct line *find_line(struct panel *panel, const char *name)
{
	for (size_t i = 0; i < panel->n; i++)
		if (strcmp(panel->lines[i].name, name) == 0)
			return &panel->lines[i];
	if (panel->n == LINES_MAX)
		bench_die("too many lines in the plot");
	panel->lines[panel->n].name = name;
	return &panel->lines[panel->n++];
}

/* In order of x: parts may measure the largest first. */
void bench_plot_add(struct bench_plot *plot, enum bench_plot_panel panel,
		    const char *line, double x, double y)
{
	struct line *to = find_line(&plot->panels[panel], line);
	size_t at = to->n;

	if (to->n == POINTS_MAX)
		bench_die("too many points in the plot");
	if (x <= 0 || y <= 0)
		return; /* there is no place for it on such an axis */
	for (; at > 0 && to->x[at - 1] > x; at--) {
		to->x[at] = to->x[at - 1];
		to->y[at] = to->y[at - 1];
	}
	to->x[at] = x;
	to->y[at] = y;
	to->n++;
}

void bench_plot_latency(struct bench_plot *plot, const char *line, double *us,
			size_t n)
{
	/* From "all take longer" down to the last one that does. */
	double least = log10(1.0 / (double)n);

	for (int i = 0; i <= CURVE; i++) {
		double longer = pow(10, least * i / CURVE);

		bench_plot_add(plot, BENCH_PLOT_LATENCY, line,
			       bench_percentile(us, n, 1 - longer), longer);
	}
}

static void set_range(const struct panel *panel, struct frame *frame)
{
	double x_low = 1e300, x_high = 1e-300, y_low = 1e300, y_high = 1e-300;

	for (size_t i = 0; i < panel->n; i++)
		for (size_t k = 0; k < panel->lines[i].n; k++) {
			x_low = fmin(x_low, panel->lines[i].x[k]);
			x_high = fmax(x_high, panel->lines[i].x[k]);
			y_low = fmin(y_low, panel->lines[i].y[k]);
			y_high = fmax(y_high, panel->lines[i].y[k]);
		}
	frame->x_low = (int)floor(log10(x_low) + 1e-9);
	frame->x_high = (int)ceil(log10(x_high) - 1e-9);
	frame->y_low = (int)floor(log10(y_low) + 1e-9);
	frame->y_high = (int)ceil(log10(y_high) - 1e-9);
	if (frame->x_high == frame->x_low)
		frame->x_high++;
	if (frame->y_high == frame->y_low)
		frame->y_high++;
}

static double place_x(const struct frame *frame, double x)
{
	return frame->left + INNER * (log10(x) - frame->x_low) /
				     (frame->x_high - frame->x_low);
}

static double place_y(const struct frame *frame, double y)
{
	return BOTTOM - (BOTTOM - TOP) * (log10(y) - frame->y_low) /
				(frame->y_high - frame->y_low);
}

/* A power of ten as people say it; of time in its unit. */
static void name_power(int power, const char *kind, char text[32])
{
	static const char *const times[] = {"ns", "µs", "ms", "s"};
	static const int units[] = {1, 10, 100};

	if (strcmp(kind, "ns") == 0 || strcmp(kind, "us") == 0) {
		int whole = power + (kind[0] == 'u' ? 3 : 0);

		if (whole >= 0 && whole < 12) {
			(void)snprintf(text, 32, "%d %s", units[whole % 3],
				       times[whole / 3]);
			return;
		}
		(void)snprintf(text, 32, "1e%d ns", whole);
	} else if (strcmp(kind, "part") == 0) {
		(void)snprintf(text, 32, "%g %%", 100 * pow(10, power));
	} else if (power >= 6) {
		(void)snprintf(text, 32, "%g M", pow(10, power - 6));
	} else if (power >= 3) {
		(void)snprintf(text, 32, "%g k", pow(10, power - 3));
	} else {
		(void)snprintf(text, 32, "%g", pow(10, power));
	}
}

static void draw_axes(FILE *file, const struct frame *frame, const char *x_kind,
		      const char *y_kind)
{
	char text[32];

	(void)fprintf(file,
		      "<text x=\"%.1f\" y=\"%d\" class=\"head\">%s</text>\n",
		      frame->left, TOP - 18, frame->title);
	for (int i = frame->x_low; i <= frame->x_high; i++) {
		double x = place_x(frame, pow(10, i));

		name_power(i, x_kind, text);
		(void)fprintf(file,
			      "<path d=\"M%.1f %dV%d\" class=\"grid\"/>\n"
			      "<text x=\"%.1f\" y=\"%d\" class=\"mid\">%s"
			      "</text>\n",
			      x, TOP, BOTTOM, x, BOTTOM + 20, text);
	}
	for (int i = frame->y_low; i <= frame->y_high; i++) {
		double y = place_y(frame, pow(10, i));

		name_power(i, y_kind, text);
		(void)fprintf(file,
			      "<path d=\"M%.1f %.1fh%d\" class=\"grid\"/>\n"
			      "<text x=\"%.1f\" y=\"%.1f\" class=\"end\">%s"
			      "</text>\n",
			      frame->left, y, INNER, frame->left - 8, y + 4,
			      text);
	}
	(void)fprintf(file,
		      "<rect x=\"%.1f\" y=\"%d\" width=\"%d\" height=\"%d\" "
		      "class=\"frame\"/>\n"
		      "<text x=\"%.1f\" y=\"%d\" class=\"mid\">%s</text>\n"
		      "<text transform=\"translate(%.1f %d) rotate(-90)\" "
		      "class=\"mid\">%s</text>\n",
		      frame->left, TOP, INNER, BOTTOM - TOP,
		      frame->left + INNER / 2.0, BOTTOM + 42, frame->x_title,
		      frame->left - 66, (TOP + BOTTOM) / 2, frame->y_title);
}

static void draw_lines(FILE *file, const struct panel *panel,
		       const struct frame *frame, bool dots)
{
	for (size_t i = 0; i < panel->n; i++) {
		const struct line *line = &panel->lines[i];

		(void)fprintf(file, "<g style=\"color:%s\">\n<path d=\"",
			      colours[i]);
		for (size_t k = 0; k < line->n; k++)
			(void)fprintf(file, "%s%.1f %.1f", k ? "L" : "M",
				      place_x(frame, line->x[k]),
				      place_y(frame, line->y[k]));
		(void)fprintf(file, "\" class=\"line\"/>\n");
		for (size_t k = 0; dots && k < line->n; k++)
			(void)fprintf(file,
				      "<circle cx=\"%.1f\" cy=\"%.1f\" "
				      "r=\"3.5\" class=\"dot\"/>\n",
				      place_x(frame, line->x[k]),
				      place_y(frame, line->y[k]));
		(void)fprintf(file,
			      "<path d=\"M%.1f %zuh22\" class=\"line\"/>"
			      "<text x=\"%.1f\" y=\"%zu\">%s</text>\n</g>\n",
			      frame->left + 12 + (double)(i % 2) * 200,
			      (size_t)BOTTOM + 58 + i / 2 * 16,
			      frame->left + 40 + (double)(i % 2) * 200,
			      (size_t)BOTTOM + 62 + i / 2 * 16, line->name);
	}
}

static void draw_panel(FILE *file, const struct panel *panel,
		       enum bench_plot_panel which)
{
	bool cost = which == BENCH_PLOT_COST;
	struct frame frame = {
		.title = cost ? "Processor time of one tick"
			      : "From tick to liquidation order",
		.x_title = cost ? "accounts" : "took longer than",
		.y_title = cost ? "processor time" : "part of the orders",
		.left = cost ? 96 : 96 + INNER + 130,
	};

	if (panel->n == 0) {
		(void)fprintf(file,
			      "<text x=\"%.1f\" y=\"%d\">%s: not measured in "
			      "this run</text>\n",
			      frame.left, TOP, frame.title);
		return;
	}
	set_range(panel, &frame);
	draw_axes(file, &frame, cost ? "" : "us", cost ? "ns" : "part");
	draw_lines(file, panel, &frame, cost);
}

int bench_plot_write(const struct bench_plot *plot, const char *path,
		     const char *subtitle)
{
	FILE *file = fopen(path, "w");
	int r;

	if (!file)
		return -errno;
	(void)fprintf(
		file,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d "
		"%d\" width=\"%d\" height=\"%d\">\n<title>riskd: cost of a "
		"tick and latency of an order</title>\n<style>text{font:13px "
		"sans-serif;fill:#1a202c}.head{font-weight:bold;font-size:15px}"
		".mid{text-anchor:middle}.end{text-anchor:end}.grid{stroke:"
		"#e2e8f0;fill:none}.frame{stroke:#4a5568;fill:none}.line{"
		"stroke:currentColor;stroke-width:2;fill:none}.dot{fill:"
		"currentColor}.small{fill:#4a5568}</style>\n"
		"<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>\n"
		"<text x=\"30\" y=\"30\" style=\"font-size:19px\">riskd: what "
		"a "
		"tick costs and how soon an order is there</text>\n"
		"<text x=\"30\" y=\"52\" class=\"small\">%s</text>\n",
		WIDTH, HEIGHT + 40, WIDTH, HEIGHT + 40, WIDTH, HEIGHT + 40,
		subtitle);
	for (int i = 0; i < PANELS; i++)
		draw_panel(file, &plot->panels[i], (enum bench_plot_panel)i);
	(void)fprintf(file, "</svg>\n");
	r = ferror(file) ? -EIO : 0;
	if (fclose(file) != 0 && r == 0)
		r = -errno;
	return r;
}
