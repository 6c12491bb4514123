"""Hidden patches: statistics, trees and the shipped detector."""
