// Numbers as text, whatever the locale.
#pragma once
#include <string>
#include <vector>

#include <pipeline/shape.hpp>

namespace pipeline {

/// For data files: nine significant digits, as in metrics.csv; "nan" without a sign.
PIPELINE_API std::string nine_digits(double x);

/// For people: with this many decimals, or as a power of ten if the number is huge.
PIPELINE_API std::string fixed(double x, int decimals);

/// The number of decimals for numbers shown together: `digits` for the largest, at least three for the smallest,
/// without zeros that all of them end in.
PIPELINE_API int decimals_for(std::vector<double> numbers, int digits);

}  // namespace pipeline
