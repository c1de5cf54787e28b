"""The functions that C99's <math.h> lacks, as generated C has them, and the words that are no names in C.

``REAL`` stands for the type of all numbers, and ``@`` for the suffix of its functions and constants.
"""

from __future__ import annotations

# A helper comes after those that it calls.
HELPERS = {
    "sign": """
static REAL sign(REAL x)
{
    return x > 0.0@ ? 1.0@ : x < 0.0@ ? -1.0@ : x == 0.0@ ? 0.0@ : x;
}
""",
    "maximum": """
static REAL maximum(REAL x, REAL y)
{
    return x >= y || x != x ? x : y;
}
""",
    "minimum": """
static REAL minimum(REAL x, REAL y)
{
    return x <= y || x != x ? x : y;
}
""",
    "floor_remainder": """
/* x - y * floor(x / y), with the sign of y */
static REAL floor_remainder(REAL x, REAL y)
{
    const REAL r = fmod@(x, y);
    if (r == 0.0@)
        return copysign@(0.0@, y);
    return (r < 0.0@) != (y < 0.0@) ? r + y : r;
}
""",
    "floor_divide": """
/* floor(x / y), exactly also where x / y is rounded up to a whole number */
static REAL floor_divide(REAL x, REAL y)
{
    if (y == 0.0@)
        return x / y;
    const REAL r = fmod@(x, y);
    REAL quotient = (x - r) / y;
    if (r != 0.0@ && (r < 0.0@) != (y < 0.0@))
        quotient -= 1.0@;
    if (quotient == 0.0@)
        return copysign@(0.0@, x / y);
    const REAL whole = floor@(quotient);
    return quotient - whole > 0.5@ ? whole + 1.0@ : whole;
}
""",
    "rounded": """
/* x to so many decimal digits; ties go to even */
static REAL rounded(REAL x, REAL digits)
{
    if (isnan(x) || isinf(x) || digits > 320.0@)
        return x;
    if (digits >= 0.0@) {
        char text[700];
        snprintf(text, sizeof text, "%.*f", (int)digits, (double)x);
        return (REAL)strtod(text, NULL);
    }
    const REAL unit = pow@(10.0@, -digits);
    if (isinf(unit))
        return copysign@(0.0@, x);
    const REAL rest = fmod@(fabs@(x), unit);
    const REAL below = fabs@(x) - rest;
    const int is_odd = fmod@(below, 2.0@ * unit) != 0.0@;
    const int is_up = rest > unit / 2.0@ || (rest == unit / 2.0@ && is_odd);
    return copysign@(is_up ? below + unit : below, x);
}
""",
    "gaussian": """
/* exp(-x * x), without the error of x * x: h has few digits, and its square is exact */
static REAL gaussian(REAL x)
{
    const REAL h = floor@(fabs@(x) * 1024.0@) / 1024.0@;
    if (fabs@(x) >= 40.0@)
        return 0.0@;
    return exp@(-h * h) * exp@((h - fabs@(x)) * (fabs@(x) + h));
}
""",
    "sigmoid": """
static REAL sigmoid(REAL x)
{
    return 1.0@ / (1.0@ + exp@(-x));
}
""",
    "softplus": """
static REAL softplus(REAL x)
{
    return (x < 0.0@ ? 0.0@ : x) + log1p@(exp@(-fabs@(x)));
}
""",
    "logsumexp": """
/* log(sum of exp(x)); the largest x is taken out, so that no exponential overflows */
static REAL logsumexp(const REAL *xs, int count)
{
    int largest = 0;
    for (int i = 0; i < count; i++) {
        if (isnan(xs[i]))
            return xs[i];
        if (xs[i] > xs[largest])
            largest = i;
    }
    if (isinf(xs[largest]))
        return xs[largest];
    REAL sum = 0.0@, lost = 0.0@; /* what additions round away is added in the end */
    for (int i = 0; i < count; i++) {
        if (i == largest)
            continue;
        const REAL term = exp@(xs[i] - xs[largest]);
        const REAL next = sum + term;
        lost += sum >= term ? (sum - next) + term : (term - next) + sum;
        sum = next;
    }
    return xs[largest] + log1p@(sum + lost);
}
""",
}

# fmt: off
KEYWORDS = frozenset(
    {
        # of C99
        "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else",
        "enum", "extern", "float", "for", "goto", "if", "inline", "int", "long", "register",
        "restrict", "return", "short", "signed", "sizeof", "static", "struct", "switch", "typedef",
        "union", "unsigned", "void", "volatile", "while", "_Bool", "_Complex", "_Imaginary",
        # of later standards and of C++
        "asm", "bool", "true", "false", "nullptr", "constexpr", "thread_local", "typeof", "alignas",
        "alignof", "static_assert", "class", "new", "delete", "this", "template", "namespace",
        "private", "public", "protected", "virtual", "operator", "try", "catch", "throw", "using",
        "and", "or", "not", "xor", "explicit", "export", "friend", "mutable", "typename", "wchar_t",
        "main",
        # that the generated code and its headers use
        "in", "gradient", "kept", "NULL", "NAN", "INFINITY", "isnan", "isinf", "fmod", "fmodf", "copysign",
        "copysignf", "snprintf", "strtod", "errno", "I", "unix", "linux",
        # macros of <math.h>, in C99 and in the GNU and POSIX dialects that compilers speak unasked
        "FP_ILOGB0", "FP_ILOGBNAN", "FP_INFINITE", "FP_NAN", "FP_NORMAL", "FP_SUBNORMAL", "FP_ZERO",
        "HUGE", "HUGE_VAL", "HUGE_VALF", "HUGE_VALL", "MATH_ERREXCEPT", "MATH_ERRNO", "math_errhandling",
        "MAXFLOAT", "M_1_PI", "M_2_PI", "M_2_SQRTPI", "M_E", "M_LN10", "M_LN2", "M_LOG10E", "M_LOG2E",
        "M_PI", "M_PI_2", "M_PI_4", "M_SQRT1_2", "M_SQRT2",
    }
)

_MATH = (
    "cabs cacos carg casin catan ccos ccosh cexp cimag clog conj cpow cproj creal csin csinh csqrt ctan "
    "ctanh "
    "acos acosh asin asinh atan atan2 atanh cbrt ceil copysign cos cosh erf erfc exp exp10 exp2 expm1 fabs "
    "fdim floor fma fmax fmin fmod frexp gamma hypot ilogb ldexp lgamma llrint llround log log10 log1p log2 "
    "logb lrint lround modf nan nearbyint nextafter nexttoward pow pow10 remainder remquo rint round scalb "
    "scalbln scalbn significand sin sincos sinh sqrt tan tanh tgamma trunc drem finite j0 j1 jn y0 y1 yn"
)
LIBRARY = frozenset(
    {
        *[name + suffix for name in _MATH.split() for suffix in ("", "f", "l")],
        # macros and variables of <math.h>
        "double_t", "float_t", "fpclassify", "isfinite", "isgreater", "isgreaterequal", "isinf", "isless",
        "islessequal", "islessgreater", "isnormal", "isunordered", "signbit", "signgam",
        # functions that compilers know without a header
        "abort", "abs", "bcmp", "bcopy", "bzero", "calloc", "exit", "ffs", "fprintf", "fputc", "fputs",
        "fscanf", "fwrite", "imaxabs", "index", "isalnum", "isalpha", "isblank", "iscntrl", "isdigit",
        "isgraph", "islower", "isprint", "ispunct", "isspace", "isupper", "isxdigit", "labs", "llabs",
        "malloc", "memchr", "memcmp", "memcpy", "memmove", "memset", "printf", "putchar", "puts", "realloc",
        "rindex", "scanf", "sprintf", "sscanf", "stpcpy", "strcat", "strchr", "strcmp", "strcpy", "strcspn",
        "strdup", "strlen", "strncat", "strncmp", "strncpy", "strpbrk", "strrchr", "strspn", "strstr",
        "toascii", "tolower", "toupper", "vprintf", "vsprintf",
    }
)
"""What C's library defines: a variable may be called so, and a function may not."""
# fmt: on
